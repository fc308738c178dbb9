// `bullmq_shop.mjs send PORT` adds a job, `bullmq_shop.mjs work PORT` does one and ends; telemetry by bullmq-otel.
import { Queue, Worker } from 'bullmq'
import { BullMQOtel } from 'bullmq-otel'

const [verb, port] = process.argv.slice(2)
const options = { connection: { host: '127.0.0.1', port: Number(port) }, telemetry: new BullMQOtel('shop') }
const end = () => process.kill(process.pid, 'SIGTERM') // which the SDK hears, and sends what there is

if (verb === 'send') {
  const queue = new Queue('video', options)
  await queue.add('encode', { video: 7 }, { attempts: 2, backoff: 10 })
  await queue.close()
  end()
} else {
  const attempt = async (job) => {
    if (job.attemptsMade === 0) throw new Error('busy')
  }
  const worker = new Worker('video', attempt, options)
  worker.on('completed', async () => {
    await worker.close()
    end()
  })
}
