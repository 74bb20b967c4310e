import { NoticeList } from '@/features/notices/notice-list';

export function NoticesPage() {
  return (
    <div className="h-full overflow-y-auto bg-sunken">
      <div className="mx-auto max-w-3xl px-4 py-6 md:px-6">
        <header className="mb-4">
          <h1 className="text-lg font-semibold tracking-tight">Notices</h1>
          <p className="text-sm text-ink-2">What somebody should look at.</p>
        </header>
        <NoticeList />
      </div>
    </div>
  );
}
