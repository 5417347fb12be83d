import { EventEmitter } from 'node:events';

/** A sentence of the story. */
export interface Telling {
  /** Since the start. */
  readonly seconds: number;
  readonly kind: 'headline' | 'event' | 'problem';
  readonly text: string;
}

export interface Storyteller {
  readonly told: readonly Telling[];
  tell(kind: Telling['kind'], text: string): void;
  onTold(listener: () => void): () => void;
}

/** Keeps what was told, for the page, and prints it. */
export function newStoryteller(print: (line: string) => void): Storyteller {
  const started = Date.now();
  const told: Telling[] = [];
  const changes = new EventEmitter().setMaxListeners(0);
  return {
    told,
    tell(kind, text) {
      const telling = { seconds: (Date.now() - started) / 1000, kind, text };
      told.push(telling);
      print(printed(telling));
      changes.emit('told');
    },
    onTold(listener) {
      changes.on('told', listener);
      return () => changes.off('told', listener);
    },
  };
}

function printed({ seconds, kind, text }: Telling): string {
  const at = `${seconds.toFixed(1).padStart(6)} s`;
  if (kind === 'headline') return `\n${at}  ▸ ${text}`;
  return kind === 'problem' ? `${at}  ✗ ${text}` : `${at}    ${text}`;
}
