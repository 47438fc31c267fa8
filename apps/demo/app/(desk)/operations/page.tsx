import type { Metadata } from 'next'
import { takeSample } from '../../../recorder.ts'
import { requirePerson } from '../../../signedIn.ts'
import { TimeChart, type Series } from './TimeChart.tsx'
import { toColumns } from './toColumns.ts'

export const metadata: Metadata = { title: 'Operations' }

const statuses = [
  { status: 'active', name: 'Active', tone: 'good' },
  { status: 'needs_reauth', name: 'Needs sign-in', tone: 'warning' },
  { status: 'failed', name: 'Failed', tone: 'bad' },
] as const satisfies readonly (Series & { readonly status: string })[]

export default async function OperationsPage() {
  const { tenantId, tenantName } = await requirePerson()
  const samples = await takeSample()
  const now = samples.at(-1)
  if (!now) return <h1>Nothing is recorded yet</h1>

  const connections = toColumns(samples, now.at, (sample) => statuses.map(({ status }) => sample.connections[tenantId]?.[status] ?? 0), 'last')
  const refreshes = toColumns(samples, now.at, (sample) => [sample.refreshes.succeeded, sample.refreshes.failed], 'sum')
  const checks = toColumns(samples, now.at, (sample) => [sample.checks.healthy, sample.checks.otherwise], 'sum')
  const due = toColumns(samples, now.at, (sample) => [sample.due], 'last')
  const total = (columns: typeof refreshes, series: number): number => columns.reduce((sum, { values }) => sum + (values?.[series] ?? 0), 0)

  return (
    <>
      <div className="title">
        <h1>Operations</h1>
        <form>
          <button className="button">Update</button>
        </form>
      </div>
      <p className="lead">What Authpipe told this server’s OpenTelemetry in the last ten minutes. Only the connections are those of {tenantName} alone.</p>
      <div className="charts">
        <TimeChart
          title="Connections"
          summary={`Now: ${statuses.map(({ status, name }) => `${now.connections[tenantId]?.[status] ?? 0} ${name.toLowerCase()}`).join(', ')}.`}
          series={statuses}
          columns={connections}
        />
        <TimeChart
          title="Refreshes"
          summary={`${total(refreshes, 0)} succeeded, ${total(refreshes, 1)} failed.`}
          series={[{ name: 'Succeeded', tone: 'good' }, { name: 'Failed', tone: 'bad' }]}
          columns={refreshes}
        />
        <TimeChart
          title="Health checks"
          summary={`${total(checks, 0)} healthy, ${total(checks, 1)} otherwise. ${now.down.length === 0 ? 'No provider is down.' : `Down: ${now.down.join(', ')}.`}`}
          series={[{ name: 'Healthy', tone: 'good' }, { name: 'Otherwise', tone: 'warning' }]}
          columns={checks}
        />
        <TimeChart title="Due work" summary={`${now.due} ${now.due === 1 ? 'item waits' : 'items wait'}.`} series={[{ name: 'Due', tone: 'plain' }]} columns={due} />
      </div>
    </>
  )
}
