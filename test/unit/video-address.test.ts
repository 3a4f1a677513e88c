import assert from 'node:assert/strict'
import fc from 'fast-check'
import { AddressError, readAddress } from '../../server/features/videos/address.ts'

const id = 'dQw4w9WgXcQ'
const youtube = ['youtube', id, `https://www.youtube.com/watch?v=${id}`]
const vimeo = ['vimeo', '76979871', 'https://vimeo.com/76979871']
const unlisted = ['vimeo', '76979871', 'https://vimeo.com/76979871/0a1b2c3d4e']

const read = (address: string) => {
  const video = readAddress(address)
  return [video.provider, video.id, video.url]
}

describe('reading addresses of videos', () => {
  for (const address of [
    `https://www.youtube.com/watch?v=${id}`,
    `http://youtube.com/watch?v=${id}`,
    `https://m.youtube.com/watch?v=${id}&t=42s`,
    `https://music.youtube.com/watch?v=${id}&list=RDAMVM${id}`,
    `https://www.youtube.com/watch?list=PL1&index=2&v=${id}#t=1`,
    `https://www.youtube.com/watch/${id}`,
    `https://www.youtube.com/shorts/${id}?feature=share`,
    `https://www.youtube.com/embed/${id}?start=10`,
    `https://www.youtube.com/live/${id}`,
    `https://www.youtube.com/v/${id}`,
    `https://www.youtube-nocookie.com/embed/${id}`,
    `https://youtu.be/${id}?si=abc&t=10`,
    `HTTPS://YOUTU.BE/${id}/`,
    `youtu.be/${id}`,
    `www.youtube.com/watch?v=${id}`,
    `//youtube.com/watch?v=${id}`,
    `  https://youtu.be/${id}\n`,
    `https://youtu.be/${id}.`,
    `https://www.youtube.com/watch?v=${id}),`,
    `(https://youtu.be/${id})`,
    `<https://youtu.be/${id}>`,
    `‹https://www.youtube.com/watch?v=${id}›;`,
    `«youtu.be/${id}»!`,
    `„https://youtu.be/${id}“…`,
    `"https://youtu.be/${id}?t=3",`,
    `\u200bhttps://youtu.be/${id}\u200b\ufeff`,
    `\u2068https://youtu.be/${id}\u2069`,
    `[a talk](https://youtu.be/${id})`,
    `**https://youtu.be/${id}**`,
    `「https://youtu.be/${id}」。`,
    `（https://youtu.be/${id}）`,
    `【https://youtu.be/${id}】`,
    `»https://youtu.be/${id}«`,
    `讲座：https://youtu.be/${id}`,
    `これを見てhttps://youtu.be/${id}。`,
    `_https://youtu.be/${id}_`,
    `| https://youtu.be/${id} |`,
    `Look at this: https://youtu.be/${id}.`,
    `The talk\n(https://youtu.be/${id})`,
    `https://www.youtube.com/watch?feature=share&amp;v=${id}`,
    `<iframe width="560" height="315" src="https://www.youtube.com/embed/${id}?si=a&amp;t=1" title="x" allowfullscreen></iframe>`,
    `https://studio.youtube.com/video/${id}/edit`,
    `https://www.youtubekids.com/watch?v=${id}`,
  ])
    it(`[VI9] reads ${JSON.stringify(address)} as one of YouTube`, () => assert.deepEqual(read(address), youtube))

  for (const address of [
    'https://vimeo.com/76979871',
    'https://www.vimeo.com/76979871?share=copy#t=3',
    'vimeo.com/76979871/',
    'https://player.vimeo.com/video/76979871?autoplay=1',
    'https://vimeo.com/channels/staffpicks/76979871',
    'https://vimeo.com/groups/shortfilms/videos/76979871',
    'https://vimeo.com/showcase/1234567/video/76979871',
    'https://vimeo.com/album/1234567/video/76979871',
    'https://vimeo.com/manage/videos/76979871',
    'https://vimeo.com/manage/videos/76979871/privacy',
    'https://vimeo.com/showcase/1234567?video=76979871',
    'https://vimeo.com/album/1234567/?share=copy&video=76979871',
    'https://vimeo.com/review/76979871/0a1b2c3d4e',
    'https://vimeo.com/somebody/review/76979871/0a1b2c3d4e',
    'https://vimeo.com/reviews/6f6b2f0e-1111-4222-8333-444455556666/videos/76979871',
    'https://vimeo.com/video/76979871',
    'https://vimeo.com/76979871/settings',
    'https://vimeo.com/76979871/description',
    'https://vimeo.com/76979871/embed/',
    '‹https://vimeo.com/76979871›.',
  ])
    it(`[VI9] reads ${address} as one of Vimeo`, () => assert.deepEqual(read(address), vimeo))

  for (const address of [
    'https://vimeo.com/76979871/0a1b2c3d4e',
    'https://vimeo.com/76979871?h=0a1b2c3d4e',
    'https://player.vimeo.com/video/76979871?h=0a1b2c3d4e&badge=0',
    'https://vimeo.com/manage/videos/76979871/0a1b2c3d4e',
    'https://vimeo.com/76979871/settings?h=0a1b2c3d4e',
    '(https://vimeo.com/76979871/0a1b2c3d4e).',
  ])
    it(`[VI9] reads ${address} as an unlisted one, with its key`, () => assert.deepEqual(read(address), unlisted))

  for (const address of [
    // Addresses that only look like one.
    `https://youtube.com.evil.example/watch?v=${id}`,
    `https://notyoutube.com/watch?v=${id}`,
    `https://evil.example/youtube.com/watch?v=${id}`,
    `https://evil.example/?https://youtube.com/watch?v=${id}`,
    `https://youtu.be@evil.example/${id}`,
    `https://evil.example\\@youtu.be/${id}`,
    `https://youtu.be\\.evil.example/${id}`,
    `https://user:pass@www.youtube.com/watch?v=${id}`,
    `https://www.youtube.com:8443/watch?v=${id}`,
    `https://www.youtube.com:443/watch?v=${id}`,
    `www.youtube.com:8443/watch?v=${id}`,
    `https://www.youtube.com./watch?v=${id}`,
    `https://www.y\u043eutube.com/watch?v=${id}`,
    `https://www.xn--yutube-wqf.com/watch?v=${id}`,
    `https://\uff59outube.com/watch?v=${id}`,
    `https://youtube\u3002com/watch?v=${id}`,
    `https://%79outube.com/watch?v=${id}`,
    `https://you\ttube.com/watch?v=${id}`,
    `https://you\u00adtube.com/watch?v=${id}`,
    `ftp://youtube.com/watch?v=${id}`,
    `javascript://youtube.com/watch?v=${id}`,
    `data:text/html,youtu.be/${id}`,
    `https:///youtube.com/watch?v=${id}`,
    'https://127.0.0.1/watch',
    'https://vimeo.com.evil.example/1',
    'https://evil-vimeo.com/1',
    // Addresses that exist, and name no single video.
    'https://www.youtube.com/',
    'https://www.youtube.com/playlist?list=PL1',
    'https://www.youtube.com/@somebody',
    'https://www.youtube.com/embed/videoseries?list=PL1',
    'https://www.youtube.com/embed/live_stream?channel=UC1',
    `https://www.youtube.com/watch?v=${id}&v=${id}`,
    `https://www.youtube.com/watch?v=${id}x`,
    'https://www.youtube.com/watch?v=short',
    `https://www.youtube.com/watch?v=${id.slice(1)}%00`,
    'https://vimeo.com/',
    'https://vimeo.com/somebody',
    'https://vimeo.com/showcase/1234567',
    'https://vimeo.com/showcase/1234567?video=settings',
    'https://vimeo.com/manage/videos',
    'https://vimeo.com/review',
    `https://youtu.be/${id}\u200b/x`.replace('/x', 'x'),
    `https://youtu\u200b.be/${id}`,
    'https://vimeo.com/channels/staffpicks',
    `See https://vimeo.com/76979871 and https://youtu.be/${id}`,
    `https://a.example/ https://youtu.be/${id}`,
    `<iframe src="https://evil.example/?https://youtu.be/${id}"></iframe>`,
    'https://vimeo.com/0',
    'https://vimeo.com/1234567890123',
    // Not an address.
    '',
    'x',
    'https://',
    '..//..',
  ])
    it(`[VI9] refuses ${JSON.stringify(address)}`, () => assert.throws(() => readAddress(address), AddressError))

  it('[VI9] returns one of two hosts and an id of its form, whatever it reads', () => {
    const parts = fc.constantFrom(
      'https://',
      'youtu.be',
      'www.youtube.com',
      'vimeo.com',
      '/',
      '@',
      ':',
      '\\',
      '?v=',
      '#',
      '.',
      id,
    )
    const addresses = fc.oneof(
      fc.string(),
      fc.array(fc.oneof(parts, fc.string({ maxLength: 3 })), { maxLength: 8 }).map(all => all.join('')),
    )
    fc.assert(
      fc.property(addresses, address => {
        try {
          const { url } = readAddress(address)
          assert.match(url, /^https:\/\/(www\.youtube\.com\/watch\?v=[\w-]{11}|vimeo\.com\/\d+(\/\w+)?)$/)
        } catch (error) {
          assert.ok(error instanceof AddressError)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
