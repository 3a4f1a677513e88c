import { useCallback, useEffect, useState } from 'react'
import { useFilters } from '../filters/use-filters.ts'
import { useLiveList } from '../live/use-live-list.ts'
import { mediaIdIn } from '../lib/addresses.ts'
import { usePage } from '../lib/use-page.ts'
import { byName, mayEdit } from '../projects/project-list.ts'
import { currentRoute, goTo, leaveTo, replacePath, useRoute } from '../lib/router.ts'
import { useStore } from '../lib/store.ts'
import { useFileDrops } from '../ui/file-drops.ts'
import { ListEnd } from '../ui/list-end.tsx'
import { FileButton } from './file-button.tsx'
import { Files } from './files.tsx'
import { mediaFilters } from './filters.ts'
import { MediaFiltersBar } from './media-filters-bar.tsx'
import { createMediaList } from './media-list.ts'
import { UploadList } from './upload-list.tsx'

export function MediaView() {
  const { client, live, uploads, projects, me } = usePage()
  const { path } = useRoute()
  const [filters, change] = useFilters(mediaFilters, '/media')
  const { list, items: files, end } = useLiveList(() => createMediaList({ client, live, filters }))
  const known = useStore(projects.store, all => all)
  const open = [...known.values()].filter(project => mayEdit(project, me.role === 'admin')).toSorted(byName)
  /** Chosen by hand; until then files go where one looks. */
  const [chosen, setChosen] = useState<number | 'none' | null>(null)
  const place = chosen === 'none' ? null : (chosen ?? filters.project)
  const project = open.find(({ id }) => id === place)

  useEffect(() => list.narrow(filters), [list, filters])
  useEffect(() => uploads.onStored(list.take), [uploads, list])

  const look = useCallback(
    (id: number | null) => {
      const at = (where: string) => mediaFilters.address(where, filters)
      if (id === null) leaveTo(at('/media'))
      else if (mediaIdIn(currentRoute().path) === null) goTo(at(`/media/${id}`))
      // From picture to picture is no step.
      else replacePath(at(`/media/${id}`))
    },
    [filters],
  )
  const add = (given: File[]) => uploads.add(given, project ? { project: project.id } : {})
  const isOver = useFileDrops(add)

  return (
    <div className="library">
      <header className="library-head">
        <h1>Media</h1>
        <div className="library-upload">
          <select
            aria-label="Upload to"
            value={project?.id ?? 'none'}
            onChange={event => setChosen(event.target.value === 'none' ? 'none' : Number(event.target.value))}
          >
            <option value="none">No project: everybody sees it</option>
            {open.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
          <FileButton label="Upload" className="button-primary" onFiles={add} />
        </div>
      </header>
      <MediaFiltersBar filters={filters} onChange={change} />
      <UploadList />
      <Files list={list} files={files} label="Files" looked={{ id: mediaIdIn(path), onLook: look }} />
      <ListEnd {...end}>
        {mediaFilters.isNarrowed(filters) ? (
          <>
            <p>Nothing matches</p>
            <button type="button" className="button" onClick={() => change(mediaFilters.none)}>
              Show all
            </button>
          </>
        ) : (
          <p>No files yet. Drop pictures, PDF or Word files anywhere on this page, up to 10 MB each.</p>
        )}
      </ListEnd>
      {isOver && (
        <div className="drop-veil" aria-hidden="true">
          <p>Drop to upload {project ? `to ${project.name}` : 'for everybody'}</p>
        </div>
      )}
    </div>
  )
}
