// `npm test`: brings Chromium, runs every check by turbo, and ends with one line `N passed, N failed`.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { prepareChromium } from './prepareChromium.ts'
import { readReport, type Tally } from './readReport.ts'
import { readRunSummary, type FinishedTask } from './readRunSummary.ts'
import telemetryOff from './telemetryOff.json' with { type: 'json' }

const root = join(import.meta.dirname, '..')
const results = join(root, 'test-results')
const summaries = join(root, '.turbo', 'runs')
const reports: Readonly<Record<string, string>> = { '//#test:unit': 'unit.json', '//#test:stories': 'stories.json', '//#test:visual': 'visual.json', '//#test:browser': 'browser.json', '//#test:examples': 'examples.json', '//#test:outside': 'outside.json' }

// Whatever an earlier run left must not be counted in this one.
for (const folder of [results, summaries]) rmSync(folder, { recursive: true, force: true })

const tally = runEverything()
process.exitCode = tally.failed === 0 && tally.passed > 0 ? 0 : 1
process.stdout.write(`${tally.passed} passed, ${tally.failed} failed\n`)

function runEverything(): Tally {
  try {
    return runTasks(prepareChromium(root))
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return { passed: 0, failed: 1 }
  }
}

function runTasks(chromium: string): Tally {
  console.log(`Browser: ${chromium}`)

  const tasks = ['lint', 'typecheck', 'build', 'test:unit', 'test:stories', 'test:visual', 'test:browser', 'test:examples', 'test:outside']
  // One at a time: every one of them uses all cores by itself, and the browser tests want a machine that answers at once.
  const turbo = spawnSync(join(root, 'node_modules/.bin/turbo'), ['run', ...tasks, '--continue=dependencies-successful', '--summarize', '--concurrency=1'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...telemetryOff, CHROMIUM_PATH: chromium },
  })

  const [summary] = existsSync(summaries) ? readdirSync(summaries) : []
  if (summary === undefined) throw new Error('turbo could not start: the lines above say why.')
  const tallies = readRunSummary(readFileSync(join(summaries, summary), 'utf8')).map(tallyOf)
  const passed = tallies.reduce((sum, { passed }) => sum + passed, 0)
  const failed = tallies.reduce((sum, { failed }) => sum + failed, 0)
  return { passed, failed: turbo.status === 0 ? failed : Math.max(failed, 1) }
}

/** Tests count one by one; any other task that failed counts as one failure, as does a test run that broke without a failed test. */
function tallyOf({ id, succeeded }: FinishedTask): Tally {
  const broken = succeeded ? 0 : 1
  const report = reports[id] && join(results, reports[id])
  if (report === undefined) return { passed: 0, failed: broken }
  if (!existsSync(report)) return { passed: 0, failed: 1 }
  const { passed, failed } = readReport(readFileSync(report, 'utf8'))
  return { passed, failed: Math.max(failed, broken) }
}
