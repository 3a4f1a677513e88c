import { useEffect, useRef, useState } from 'react'
import { limits, type MediaFile } from '../../../sdk/index.ts'
import { Markdown } from '../markdown/markdown.tsx'
import { acceptedPictures, isPicture } from '../media/kinds.ts'
import { PictureChooser } from '../media/picture-chooser.tsx'
import { FileButton } from '../media/file-button.tsx'
import { UploadList } from '../media/upload-list.tsx'
import { usePage } from '../lib/use-page.ts'
import { Field } from '../ui/field.tsx'
import { useFileDrops } from '../ui/file-drops.ts'
import { Icon } from '../ui/icon.tsx'
import type { PostForm } from './use-post-form.ts'

/** What stands in the text for a picture. */
const markOf = ({ url, original_filename }: MediaFile) => `![${original_filename.replace(/[[\]\n]/g, ' ')}](${url})`

/** The text, with what it will look like, and pictures from the library, by button, dropped or pasted. */
export function BodyField({ form, projectId }: { form: PostForm; projectId: number | null }) {
  const { draft, base, clashes, set, errors } = form
  const [isPreview, setPreview] = useState(false)
  const [isChoosing, setChoosing] = useState(false)
  const area = useRef<HTMLTextAreaElement>(null)

  function insert(text: string) {
    const element = area.current
    // Where one was writing; at the end while the preview is shown.
    const at = element?.selectionStart ?? draft.body.length
    const [before, after] = [draft.body.slice(0, at), draft.body.slice(element?.selectionEnd ?? at)]
    const gap = before === '' || before.endsWith('\n') ? '' : '\n\n'
    set({ body: `${before}${gap}${text}\n${after}` })
  }
  const { add, begun } = useUploadedPictures(projectId, file => insert(markOf(file)))

  return (
    <div className="post-body">
      <div className="post-body-tools">
        <div className="segments" role="radiogroup" aria-label="Show">
          {['Write', 'Preview'].map(name => (
            <label key={name}>
              <input
                type="radio"
                name="post-body"
                checked={isPreview === (name === 'Preview')}
                onChange={() => setPreview(name === 'Preview')}
              />
              <span>{name}</span>
            </label>
          ))}
        </div>
        <span className="bar-space" />
        <button type="button" className="button button-quiet" onClick={() => setChoosing(true)}>
          <Icon name="picture" />
          Insert a picture
        </button>
        <FileButton label="Upload" className="button-quiet" accept={acceptedPictures} onFiles={add} />
      </div>
      <UploadList isShown={({ key }) => begun.has(key)} />
      {isPreview ? (
        <div className="post-preview" role="region" aria-label="Preview">
          {draft.body.trim() === '' ? (
            <p className="hint">Nothing written yet.</p>
          ) : (
            <Markdown text={draft.body} isPost />
          )}
        </div>
      ) : (
        <Field
          label="Text"
          error={errors.fields.body}
          hint="# Heading, **bold**, *italic*, - list, > quote, `code`, [link](https://…)"
        >
          {props => (
            <textarea
              {...props}
              ref={area}
              rows={16}
              maxLength={limits.post}
              value={draft.body}
              onChange={event => set({ body: event.target.value })}
              onPaste={event => {
                const files = [...event.clipboardData.files]
                if (files.length === 0 || event.clipboardData.types.includes('text/plain')) return
                event.preventDefault()
                add(files)
              }}
            />
          )}
        </Field>
      )}
      {clashes.includes('body') && (
        <details className="theirs" open>
          <summary>What somebody else has made of the text</summary>
          <pre tabIndex={0}>{base.body}</pre>
          <button type="button" className="link-button" onClick={() => set({ body: base.body })}>
            Take this
          </button>
        </details>
      )}
      {isChoosing && (
        <PictureChooser
          projectId={projectId}
          onPick={file => {
            setChoosing(false)
            insert(markOf(file))
          }}
          onClose={() => setChoosing(false)}
        />
      )}
    </div>
  )
}

/** Uploads that were begun here, and only those; pictures alone can stand in a text. */
function useUploadedPictures(projectId: number | null, onPicture: (file: MediaFile) => void) {
  const { uploads } = usePage()
  const [begun] = useState(() => new Set<number>())
  const add = (files: File[]) => {
    const to = projectId === null ? {} : { project: projectId }
    for (const key of uploads.add(files, to)) begun.add(key)
  }
  useEffect(() =>
    uploads.onStored((file, key) => {
      if (begun.has(key) && isPicture(file)) onPicture(file)
    }),
  )
  useFileDrops(add)
  return { add, begun }
}
