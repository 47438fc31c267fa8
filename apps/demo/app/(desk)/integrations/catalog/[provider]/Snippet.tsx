/** Text that a developer copies. */
export function Snippet({ label, code }: { readonly label: string; readonly code: string }) {
  return (
    <figure className="snippet">
      <figcaption>{label}</figcaption>
      <pre>
        <code>{code}</code>
      </pre>
    </figure>
  )
}
