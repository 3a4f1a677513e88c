import { useImperativeHandle, useLayoutEffect, useRef, type ComponentProps } from 'react'

const growsByItself = () => CSS.supports('field-sizing', 'content')

/** A text area as high as its text, within the bounds that the style sheet sets. */
export function GrowingText({ className = '', ref, ...props }: ComponentProps<'textarea'>) {
  const element = useRef<HTMLTextAreaElement>(null)
  useImperativeHandle(ref, () => element.current!)

  useLayoutEffect(() => {
    const area = element.current
    if (!area || growsByItself()) return
    area.style.height = 'auto'
    const borders = area.offsetHeight - area.clientHeight
    area.style.height = `${area.scrollHeight + borders}px`
  })

  return <textarea ref={element} dir="auto" className={`growing ${className}`} {...props} />
}
