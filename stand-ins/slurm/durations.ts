const two = (value: number) => String(value).padStart(2, '0');

/** Seconds of `M`, `M:S`, `H:M:S`, `D-H`, `D-H:M`, `D-H:M:S`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const found = /^(?:(\d+)-)?(\d+)(?::(\d+))?(?::(\d+))?$/.exec(text);
  if (found === null) return undefined;
  const [first = 0, second = 0, third = 0] = found.slice(2).map((part) => Number(part ?? 0));
  const days = found[1];
  if (days !== undefined) return Number(days) * 86_400 + first * 3600 + second * 60 + third;
  return found[4] === undefined ? first * 60 + second : first * 3600 + second * 60 + third;
}

/** As squeue shows it: `0:05`, `10:00`, `1:00:00`, `1-00:00:00`. */
export function shortDuration(seconds: number): string {
  const [days, hours, minutes, rest] = split(seconds);
  if (days > 0) return `${days}-${two(hours)}:${two(minutes)}:${two(rest)}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** As scontrol shows it: `00:10:00`, `1-00:00:00`. */
export function longDuration(seconds: number): string {
  const [days, hours, minutes, rest] = split(seconds);
  return `${days > 0 ? `${days}-` : ''}${two(hours)}:${two(minutes)}:${two(rest)}`;
}

function split(seconds: number): [number, number, number, number] {
  const whole = Math.floor(seconds);
  return [Math.floor(whole / 86_400), Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60, whole % 60];
}

/** Local time without its zone, as Slurm prints it. */
export function slurmTime(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return 'Unknown';
  const time = new Date(milliseconds);
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
  return `${date}T${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':')}`;
}
