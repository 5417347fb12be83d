import { join } from 'node:path';

export type SecretPlaces = ReturnType<typeof secretPlaces>;

/** Where what is secret lies, below a directory for one App. */
export function secretPlaces(directory: string, name: string) {
  return {
    key: join(directory, `${name}.private-key.pem`),
    app: join(directory, `${name}.app.json`),
    page: join(directory, `register-${name}.html`),
    relay: join(directory, `${name}.smee`),
    environment: join(directory, 'event_handler.env'),
    jobManagerEnvironment: join(directory, 'job_manager.env'),
  };
}
