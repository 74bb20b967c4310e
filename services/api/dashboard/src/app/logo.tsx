export function Logo({ size = 24 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" className="fill-accent-solid" />
      <path
        d="M7 10.5A3.5 3.5 0 0 1 10.5 7h7A3.5 3.5 0 0 1 21 10.5v3a3.5 3.5 0 0 1-3.5 3.5H12l-3.4 2.6c-.7.5-1.6 0-1.6-.8z"
        fill="#fff"
      />
      <path
        d="M23 13.2a3.5 3.5 0 0 1 2 3.2V25c0 .8-.9 1.3-1.6.8l-2.9-2.3h-5a3.5 3.5 0 0 1-3.3-2.3l.7-.5h4.6a6 6 0 0 0 5.5-6z"
        fill="#fff"
        opacity=".72"
      />
    </svg>
  );
}
