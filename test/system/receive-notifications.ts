import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A message of the notify protocol, as it came over the socket. */
export interface Notification {
  readonly assignments: Readonly<Record<string, string>>;
  /** Who sent it. */
  readonly pid: number;
  /** systemd finds the unit by the sender's cgroup: it passes over the message of one that is gone. */
  readonly isSenderThere: boolean;
}

// Node has no Unix datagram sockets. A barrier is a message with a descriptor, whose sender waits until that is closed.
const receiver = `
import array, json, os, socket, struct, sys
receiving = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiving.bind(sys.argv[1])
receiving.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
print('{}', flush=True)
while True:
    text, more, _, _ = receiving.recvmsg(65536, 1024)
    pid = 0
    for _, kind, data in more:
        if kind == socket.SCM_CREDENTIALS:
            pid = struct.unpack('3i', data[:12])[0]
    there = os.path.exists('/proc/%d/cgroup' % pid)
    if text.strip() != b'BARRIER=1':
        print(json.dumps({'text': text.decode(), 'pid': pid, 'isSenderThere': there}), flush=True)
    for _, kind, data in more:
        if kind == socket.SCM_RIGHTS:
            descriptors = array.array('i')
            descriptors.frombytes(data[:len(data) - len(data) % 4])
            for each in descriptors:
                os.close(each)
`;

/** Receives at a real Unix datagram socket, as systemd does. */
export async function receiveNotifications(path: string, hear: (notification: Notification) => void) {
  const child = spawn('python3', ['-c', receiver, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  await once(lines, 'line');
  lines.on('line', (line) => {
    const { text, ...sender } = JSON.parse(line) as { text: string; pid: number; isSenderThere: boolean };
    const pairs = text.split('\n').flatMap((each) => {
      const [, name, value] = /^(\w+)=(.*)$/.exec(each) ?? [];
      return name === undefined ? [] : [[name, value]];
    });
    hear({ assignments: Object.fromEntries(pairs), ...sender });
  });
  return {
    async close() {
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}
