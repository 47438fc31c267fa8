/** The mark of Northwind Desk: a compass needle. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M16 6l6.5 18L16 20.5 9.5 24z" />
    </svg>
  )
}
