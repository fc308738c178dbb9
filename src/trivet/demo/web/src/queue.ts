/** Jobs for the workers. BullMQ brings its own spans, and puts the trace's context into every job. */
import { Queue } from 'bullmq';
import { BullMQOtel } from 'bullmq-otel';
import { REDIS_PORT } from './settings.ts';

const queue = new Queue('transcode', {
  connection: { host: '127.0.0.1', port: REDIS_PORT },
  telemetry: new BullMQOtel({ tracerName: 'bullmq', enableMetrics: true }),
});

const RETRIES = { attempts: 3, backoff: { type: 'exponential', delay: 1_000 } };

export async function transcode(video: number, source: string): Promise<void> {
  await queue.add('video', { video, source }, { ...RETRIES, removeOnComplete: 1_000, removeOnFail: 1_000 });
}

export function close(): Promise<void> {
  return queue.close();
}
