/** What the event handler is started with, for how deliveries are to come. */
export const eventHandlerOptions = (receive: string): readonly string[] => (receive === 'pull' ? ['--pull', '30'] : []);
