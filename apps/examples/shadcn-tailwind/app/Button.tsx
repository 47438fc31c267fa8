import type { ComponentPropsWithRef } from 'react'

/** The app's own button, as shadcn/ui has it in its outlined form. */
export function Button({ className = '', ...props }: ComponentPropsWithRef<'button'>) {
  return (
    <button
      {...props}
      className={`inline-flex h-9 items-center justify-center gap-2 rounded-lg border border-border bg-background px-4 text-sm font-medium shadow-xs hover:bg-muted disabled:opacity-50 ${className}`}
    />
  )
}
