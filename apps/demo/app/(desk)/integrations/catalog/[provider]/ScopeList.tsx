import type { ProviderDefinition } from '@authpipe/core'

const shown = 10

/** The scopes that an app can ask for, in plain words; most of a long list is folded. */
export function ScopeList({ definition: { name, auth } }: { readonly definition: ProviderDefinition }) {
  const scopes = auth.flatMap((way) => (way.kind === 'oauth2' ? way.scopes : []))
  if (scopes.length === 0) return null
  const rows = (some: typeof scopes) => (
    <ul className="scopes">
      {some.map(({ id, description, minimumRole }) => (
        <li key={id}>
          <code>{id}</code>
          <span>
            {description}
            {minimumRole && <span className="muted"> · {minimumRole}</span>}
          </span>
        </li>
      ))}
    </ul>
  )
  return (
    <>
      <h2>Available scopes</h2>
      <p className="muted">
        Permissions you can request when connecting to {name}
        {scopes.some(({ minimumRole }) => minimumRole) && ', each with the least role that can grant it'}.
      </p>
      {rows(scopes.slice(0, shown))}
      {scopes.length > shown && (
        <details>
          <summary>{scopes.length - shown} more</summary>
          {rows(scopes.slice(shown))}
        </details>
      )}
    </>
  )
}
