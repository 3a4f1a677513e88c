import { useState } from 'react'
import { usePage } from '../lib/use-page.ts'
import { Icon } from '../ui/icon.tsx'

interface PictureProps {
  src: string
  alt: string
  className?: string
  width?: number | undefined
  height?: number | undefined
}

/**
 * A picture of ours. The cookie speaks for it, which is renewed by whoever calls the server next: so when a picture does
 * not come, the server is called, and it is asked for once more.
 */
export function Picture({ src, ...props }: PictureProps) {
  const { client } = usePage()
  const [tries, setTries] = useState(0)
  const again = () => setTries(now => now + 1)
  if (tries > 1) {
    return (
      <span className="picture-missing" role="img" aria-label={props.alt === '' ? 'No picture' : props.alt}>
        <Icon name="picture" />
      </span>
    )
  }
  return (
    <img
      key={tries}
      {...props}
      src={src}
      loading="lazy"
      decoding="async"
      draggable={false}
      onError={() => void (tries === 0 ? client.accounts.me().then(again, again) : again())}
    />
  )
}
