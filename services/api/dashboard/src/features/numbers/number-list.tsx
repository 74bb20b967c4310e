import { useQuery } from '@tanstack/react-query';
import { Hash } from 'lucide-react';
import { numbersQuery } from '@/lib/queries';
import { Skeleton } from '@/ui/bits';
import { Broken, Empty, Loading } from '@/ui/states';
import { NumberCard } from './number-card';

export function NumberList() {
  const query = useQuery(numbersQuery());
  if (query.isPending)
    return (
      <Loading label="Loading numbers">
        <Skeleton className="h-64 rounded-lg" />
      </Loading>
    );
  if (query.isError) return <Broken query={query} />;
  if (query.data.length === 0)
    return (
      <Empty icon={Hash} title="No numbers yet">
        The first one comes from PLIVO_FROM_NUMBER; others show up when somebody texts them.
      </Empty>
    );
  return (
    <div className="flex flex-col gap-4">
      {query.data.map((number) => (
        <NumberCard key={number.id} number={number} />
      ))}
    </div>
  );
}
