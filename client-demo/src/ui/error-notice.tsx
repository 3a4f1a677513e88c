/** Says what did not work, if anything; read out as soon as it is there. */
export function ErrorNotice({ children }: { children: string | null }) {
  if (children === null) return null
  return (
    <p className="notice notice-error" role="alert">
      {children}
    </p>
  )
}
