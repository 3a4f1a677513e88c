/** What the product does, in one drawing: a card moves here, and the same moment there. */
export const WelcomePicture = () => (
  <svg className="welcome-picture" viewBox="0 0 520 420" aria-hidden="true" focusable="false">
    <g className="wp-columns">
      <rect x="20" y="20" width="148" height="380" rx="16" />
      <rect x="186" y="20" width="148" height="380" rx="16" />
      <rect x="352" y="20" width="148" height="380" rx="16" />
    </g>
    <g className="wp-heads">
      <rect x="36" y="38" width="46" height="7" rx="3.5" />
      <rect x="202" y="38" width="62" height="7" rx="3.5" />
      <rect x="368" y="38" width="38" height="7" rx="3.5" />
    </g>
    <path
      className="wp-wire"
      d="M94 196v104a44 44 0 0 0 44 44h244a44 44 0 0 0 44-44V196M94 163h52a30 30 0 0 1 30 30v40a30 30 0 0 0 30 30"
    />
    <g className="wp-cards">
      <rect x="30" y="62" width="128" height="58" rx="9" />
      <rect x="30" y="206" width="128" height="74" rx="9" />
      <rect x="196" y="62" width="128" height="74" rx="9" />
      <rect x="196" y="146" width="128" height="58" rx="9" />
      <rect x="362" y="62" width="128" height="58" rx="9" />
      <rect x="362" y="206" width="128" height="58" rx="9" />
    </g>
    <g className="wp-lines">
      <path d="M44 82h84M44 100h40M44 226h92M44 244h70M44 262h34M210 82h96M210 100h60M210 118h30M210 166h80M210 184h48M376 82h90M376 100h52M376 226h66M376 244h40" />
    </g>
    <rect className="wp-gap" x="30" y="130" width="128" height="66" rx="9" />
    <g className="wp-moved">
      <rect x="196" y="230" width="128" height="66" rx="9" />
      <path d="M210 250h88M210 268h54" />
      <circle cx="304" cy="276" r="9" />
    </g>
    <g className="wp-moved wp-echo">
      <rect x="362" y="130" width="128" height="66" rx="9" />
      <path d="M376 150h88M376 168h54" />
      <circle cx="470" cy="176" r="9" />
    </g>
    <circle className="wp-node" cx="94" cy="163" r="6" />
    <circle className="wp-node" cx="426" cy="196" r="6" />
    <circle className="wp-node" cx="196" cy="263" r="6" />
  </svg>
)
