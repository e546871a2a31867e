using RaftAkka.Client;
using RaftAkka.KeyValue;
using RaftAkka.Simulation.Judging;

namespace RaftAkka.Processes.Support;

/// <summary>
/// Keeps writers at work and records what every call came to, on one clock, so that a judge can say afterwards
/// whether the cluster kept its promises.
/// </summary>
internal sealed class Recorder(KeyValueClient keys)
{
    // A few keys that all write, so that the judge has an order to find; not more writers than it can think through.
    private const int SharedKeys = 3;
    private const int Writers = 6;

    private readonly List<Operation> _history = [];
    private readonly List<(int Acknowledged, TaskCompletionSource Reached)> _awaited = [];
    private readonly long _start = TimeProvider.System.GetTimestamp();
    private int _acknowledged;
    private volatile bool _stop;

    /// <summary>Works until <paramref name="faults"/> are over, then reads everything once more and judges.</summary>
    public async Task<IReadOnlyList<Operation>> DuringAsync(Func<Task> faults)
    {
        var writers = Enumerable.Range(0, Writers).Select(WriteAsync).ToArray();
        try
        {
            await faults();
        }
        finally
        {
            _stop = true;
            await Task.WhenAll(writers);
        }

        await ReadEverythingAsync();
        lock (_history) return [.. _history];
    }

    /// <summary>Waits until so many more writes are acknowledged: the cluster serves.</summary>
    public async Task MoreAcknowledgedAsync(int count)
    {
        Task reached;
        lock (_history)
        {
            var completion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((_acknowledged + count, completion));
            reached = completion.Task;
        }
        await reached.WaitAsync(Within.Deadline);
    }

    private async Task WriteAsync(int writer)
    {
        for (var number = 0; !_stop; number++)
        {
            var shared = $"shared {number % SharedKeys}";
            await PutAsync(writer, $"own {writer}.{number}", $"{writer}.{number}");
            await PutAsync(writer, shared, $"{writer}.{number}");
            await GetAsync(writer, shared);
        }
    }

    private async Task PutAsync(int writer, string key, string value)
    {
        var call = Now;
        try
        {
            await keys.PutAsync(key, value);
            Record(Operation.Put(writer, key, value, call, Now), isWrite: true);
        }
        catch (OutcomeUnknownException)
        {
            Record(Operation.Put(writer, key, value, call, Now).WithoutAnswer(), isWrite: false);
        }
        catch (CommandNotAppliedException)
        {
            Record(Operation.Put(writer, key, value, call, Now).Refused(), isWrite: false);
        }
    }

    private async Task GetAsync(int writer, string key)
    {
        var call = Now;
        try
        {
            var read = await keys.GetAsync(key);
            Record(Operation.Get(writer, key, read?.ValueText, call, Now), isWrite: false);
        }
        catch (QueryFailedException)
        {
            Record(Operation.Get(writer, key, null, call, Now).WithoutAnswer(), isWrite: false);
        }
    }

    // As gets by one more client: a key that should be there and is not in the list was read as absent.
    private async Task ReadEverythingAsync()
    {
        var call = Now;
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        await foreach (var entry in keys.ListAsync("")) found.Add(entry.KeyText, entry.ValueText);

        lock (_history)
        {
            foreach (var key in _history.Select(operation => operation.Key).Distinct().ToArray())
                _history.Add(Operation.Get(Writers, key, found.GetValueOrDefault(key), call, Now));
        }
    }

    private void Record(Operation operation, bool isWrite)
    {
        lock (_history)
        {
            _history.Add(operation);
            if (!isWrite) return;
            _acknowledged++;
            foreach (var (acknowledged, reached) in _awaited)
                if (_acknowledged >= acknowledged) reached.TrySetResult();
        }
    }

    private long Now => (long)TimeProvider.System.GetElapsedTime(_start).TotalNanoseconds;
}
