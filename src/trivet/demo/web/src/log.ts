import { pino } from 'pino';

/** JSON lines on stdout, where a container's log belongs; the instrumentation adds trace and span to each. */
export const log = pino({ base: null });
