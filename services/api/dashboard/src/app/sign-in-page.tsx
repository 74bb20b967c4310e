import { useSearch } from '@tanstack/react-router';
import { Logo } from './logo';

export function SignInPage() {
  const { reason } = useSearch({ from: '/sign-in' });
  return (
    <main className="flex h-dvh flex-col items-center justify-center gap-5 px-6">
      <div className="w-full max-w-md rounded-2xl border border-line bg-surface p-8 shadow-float">
        <Logo size={40} />
        <h1 className="mt-4 text-xl font-semibold tracking-tight">Sign in to Parley</h1>
        {reason === 'link' && (
          <p role="alert" className="mt-3 rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
            That link has been used already, or is older than ten minutes.
          </p>
        )}
        <p className="mt-3 text-base text-ink-2">
          Parley has no passwords. Whoever runs it prints a link that signs you in once, on the machine it runs on:
        </p>
        <pre className="mt-3 overflow-x-auto rounded-md bg-sunken px-3 py-2.5 text-sm">
          <code>build/bin/parley login</code>
        </pre>
        <p className="mt-3 text-sm text-ink-3">In containers:</p>
        <pre className="mt-1 overflow-x-auto rounded-md bg-sunken px-3 py-2.5 text-sm">
          <code>docker-compose exec api parley login</code>
        </pre>
        <a href="/" className="mt-5 inline-block text-sm font-medium text-accent hover:underline">
          I am signed in: try again
        </a>
      </div>
    </main>
  );
}
