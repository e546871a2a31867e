// The caller's handler is theirs, and must not run inside an actor.
#pragma warning disable RS0030

namespace RaftAkka.Client;

/// <summary>
/// Reports how far a server is to a caller's handler, which may block, even on this client: on one thread of the pool at
/// a time, and the latest report only.
/// </summary>
internal sealed class ProgressOnThePool(IProgress<ClusterMember> handler, MembersCall call)
    : IProgress<ClusterMember>, IThreadPoolWorkItem
{
    private readonly Lock _lock = new();
    private ClusterMember? _latest;
    private bool _isRunning;

    public void Report(ClusterMember value)
    {
        lock (_lock)
        {
            _latest = value;
            if (_isRunning) return;
            _isRunning = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        while (Take() is { } member)
        {
            try
            {
                handler.Report(member);
            }
            catch (Exception e)
            {
                call.Fail(new QueryFailedException($"The handler of the progress threw: {e.Message}", e));
                return;
            }
        }
    }

    private ClusterMember? Take()
    {
        lock (_lock)
        {
            var latest = _latest;
            _latest = null;
            _isRunning = latest is not null;
            return latest;
        }
    }
}
