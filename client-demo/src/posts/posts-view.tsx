import { useEffect, useState } from 'react'
import { linkTo } from '../base-path.ts'
import { useFilters } from '../filters/use-filters.ts'
import { isFull } from '../live/live-list.ts'
import { usePage } from '../page.tsx'
import { ProjectFilter } from '../projects/project-filter.tsx'
import { useStore } from '../store.ts'
import { Icon } from '../ui/icon.tsx'
import { ListEnd } from '../ui/list-end.tsx'
import { SearchBox } from '../ui/search-box.tsx'
import { PostCard } from './post-card.tsx'
import { createPostList, postFilters } from './post-list.ts'
import '../styles/posts.css'

export function PostsView() {
  const { client, live } = usePage()
  const [filters, change] = useFilters(postFilters, '/posts')
  const [list] = useState(() => createPostList({ client, live, filters }))
  const state = useStore(list.store, now => now)
  const posts = list.shown(state)

  useEffect(() => list.narrow(filters), [list, filters])
  useEffect(() => list.start(), [list])

  return (
    <div className="library">
      <header className="library-head">
        <h1>Posts</h1>
        <a className="button button-primary" href={linkTo('/write')}>
          <Icon name="pencil" />
          Write a post
        </a>
      </header>
      <div className="library-filters" role="group" aria-label="Narrow the list">
        <SearchBox search={filters.search} placeholder="Search posts" onSearch={search => change({ search })} />
        <ProjectFilter value={filters.project} onChange={project => change({ project })} />
        <button
          type="button"
          className={`chip${filters.onlyDrafts ? ' chip-on' : ''}`}
          aria-pressed={filters.onlyDrafts}
          onClick={() => change({ onlyDrafts: !filters.onlyDrafts })}
        >
          Drafts
        </button>
      </div>
      {posts.length > 0 && (
        <ul className="post-grid" aria-label="All posts" aria-busy={state.loading}>
          {posts.map(post => (
            <PostCard key={post.id} post={post} />
          ))}
        </ul>
      )}
      <ListEnd {...state} isEmpty={posts.length === 0} isFull={isFull(state)} onMore={() => void list.loadMore()}>
        {postFilters.isNarrowed(filters) ? (
          <>
            <p>Nothing matches</p>
            <a className="button" href={linkTo('/posts')}>
              Show all
            </a>
          </>
        ) : (
          <p>Nobody has written anything yet.</p>
        )}
      </ListEnd>
    </div>
  )
}
