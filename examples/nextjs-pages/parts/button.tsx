import { type ComponentProps, useEffect, useState } from 'react'

/** A button that needs the page's JavaScript: it waits until that is there, so no press is lost. */
export function Button(props: ComponentProps<'button'>) {
  const [ready, setReady] = useState(false)
  useEffect(() => setReady(true), [])
  return <button {...props} disabled={!ready || props.disabled} />
}
