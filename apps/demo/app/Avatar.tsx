/** The initials of somebody, as a picture of them. */
export function Avatar({ name }: { readonly name: string }) {
  const initials = name.split(' ').map((word) => word.slice(0, 1))
  return (
    <span className="avatar" aria-hidden="true">
      {initials.slice(0, 2).join('')}
    </span>
  )
}
