import { fork } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AppAnswer, AppQuestion } from './appQuestion.ts'
import { notChecked } from './Finding.ts'

/** How long an app may take to load, and all questions about it. */
const patienceMs = 60_000

const processFile = fileURLToPath(new URL(`./appProcess${extname(import.meta.url)}`, import.meta.url))

/** Has an app looked at by a process of its own. */
export function askApp(question: AppQuestion): Promise<AppAnswer> {
  // What the app prints may hold anything.
  const child = fork(processFile, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs)
    child.once('message', (answer: AppAnswer) => resolve(answer))
    child.once('exit', () => {
      clearTimeout(timer)
      resolve({ findings: [notChecked('app', 'The app ended the process that loaded it, or kept it busy for a minute, so nothing of its options is known. Name --base-url and --database instead.')] })
    })
    child.send(question)
  })
}
