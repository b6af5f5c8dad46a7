/** An error in words. Screen readers say it at once. */
export function Problem({ children }: { children: string | null }) {
  return children ? (
    <p className="problem" id="problem" role="alert">
      {children}
    </p>
  ) : null
}
