import { useEffect } from 'react'
import { linkTo } from '../lib/base-path.ts'
import { useFilters } from '../filters/use-filters.ts'
import { useLiveList } from '../live/use-live-list.ts'
import { usePage } from '../lib/use-page.ts'
import { ProjectFilter } from '../projects/project-filter.tsx'
import { Icon } from '../ui/icon.tsx'
import { ListEnd } from '../ui/list-end.tsx'
import { SearchBox } from '../ui/search-box.tsx'
import { PostCard } from './post-card.tsx'
import { createPostList, postFilters } from './post-list.ts'
import '../styles/posts.css'

export function PostsView() {
  const { client, live } = usePage()
  const [filters, change] = useFilters(postFilters, '/posts')
  const { list, items: posts, end } = useLiveList(() => createPostList({ client, live, filters }))

  useEffect(() => list.narrow(filters), [list, filters])

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
        <ul className="post-grid" aria-label="All posts" aria-busy={end.loading}>
          {posts.map(post => (
            <PostCard key={post.id} post={post} />
          ))}
        </ul>
      )}
      <ListEnd {...end}>
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
