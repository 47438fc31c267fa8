import { useId } from 'react'
import type { Column } from './toColumns.ts'

export interface Series {
  readonly name: string
  readonly tone: 'good' | 'warning' | 'bad' | 'plain'
}

interface TimeChartProps {
  readonly title: string
  /** What it shows, in a sentence. */
  readonly summary: string
  readonly series: readonly Series[]
  readonly columns: readonly Column[]
}

const clockTime = (instant: number): string => new Date(instant).toISOString().slice(11, 19)

/** Columns over time, stacked by series; the same numbers stand in a table below. */
export function TimeChart({ title, summary, series, columns }: TimeChartProps) {
  const titleId = useId()
  const top = topOf(Math.max(...columns.map(({ values = [] }) => values.reduce((sum, value) => sum + value, 0))))
  return (
    <section className="card chart" aria-labelledby={titleId}>
      <h2 id={titleId}>{title}</h2>
      <p className="muted">{summary}</p>
      <ul className="legend" aria-hidden="true">
        {series.map(({ name, tone }) => (
          <li key={name} data-tone={tone}>
            {name}
          </li>
        ))}
      </ul>
      <figure>
        <span className="top muted" aria-hidden="true">
          {top}
        </span>
        <svg viewBox={`0 0 ${columns.length * 10} 100`} preserveAspectRatio="none" role="img" aria-label={`${title} over the last ten minutes. ${summary}`}>
          {[0, 50, 100].map((y) => (
            <line key={y} x1="0" x2="100%" y1={y} y2={y} />
          ))}
          {columns.map(({ endsAt, values = [] }, index) => {
            let below = 0
            return (
              <g key={endsAt}>
                {values.map((value, at) => {
                  if (value === 0) return null
                  below += value
                  return <rect key={series[at]?.name} data-tone={series[at]?.tone} x={index * 10 + 1} width="8" y={100 - (below / top) * 100} height={(value / top) * 100} />
                })}
              </g>
            )
          })}
        </svg>
        <figcaption className="muted" aria-hidden="true">
          <span>10 minutes ago</span>
          <span>now</span>
        </figcaption>
      </figure>
      <details>
        <summary>{title} as a table</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">Until (UTC)</th>
              {series.map(({ name }) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {columns.toReversed().map(
              ({ endsAt, values }) =>
                values && (
                  <tr key={endsAt}>
                    <th scope="row">{clockTime(endsAt)}</th>
                    {series.map(({ name }, at) => (
                      <td key={name}>{values[at]}</td>
                    ))}
                  </tr>
                ),
            )}
          </tbody>
        </table>
      </details>
    </section>
  )
}

/** The next even number above, so that the line in the middle stands for a whole one; a few at least, so that one is not a wall. */
function topOf(most: number): number {
  return Math.max(4, Math.ceil(most / 2) * 2)
}
