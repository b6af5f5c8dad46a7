/** An error in words. Screen readers say it at once. */
export function Problem({ children }: { children: string | undefined }) {
  return children ? (
    <p className="problem" id="problem" role="alert">
      {children}
    </p>
  ) : null
}
