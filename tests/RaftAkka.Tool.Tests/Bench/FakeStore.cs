using System.Text;
using RaftAkka.Client;
using RaftAkka.Tool.Bench;

namespace RaftAkka.Tool.Tests.Bench;

/// <summary>A store in a dictionary that answers at once, in as much virtual time as a test says.</summary>
internal sealed class FakeStore(VirtualClock clock) : IBenchTarget
{
    private readonly Dictionary<string, (long Revision, byte[] Value)> _entries = new(StringComparer.Ordinal);
    private long _revision;

    /// <summary>How long the n-th call takes, from 1.</summary>
    public Func<int, long> Takes { get; set; } = _ => BenchClock.Millisecond;

    /// <summary>How the n-th call fails, if it does.</summary>
    public Func<int, Exception?> Fails { get; set; } = _ => null;

    /// <summary>Whether the n-th call is acknowledged and forgotten.</summary>
    public Func<int, bool> Forgets { get; set; } = _ => false;

    public int Calls { get; private set; }

    public IReadOnlyCollection<string> Keys => _entries.Keys;

    public Task Put(int caller, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value)
    {
        if (Begin() is { } failure) return Task.FromException<long>(failure);
        _revision++;
        if (!Forgets(Calls)) _entries[Name(key)] = (_revision, value.ToArray());
        return Task.FromResult(_revision);
    }

    public Task Get(int caller, ReadOnlyMemory<byte> key)
    {
        if (Begin() is { } failure) return Task.FromException<Reading>(failure);
        return Task.FromResult(
            _entries.TryGetValue(Name(key), out var entry) ? new Reading(entry.Revision, entry.Value) : default);
    }

    public long RevisionOf(Task put) => ((Task<long>)put).Result;

    public Reading ReadingOf(Task get) => ((Task<Reading>)get).Result;

    public BenchFailure? Classify(Exception failure) => failure switch
    {
        OutcomeUnknownException => BenchFailure.Unknown,
        CommandNotAppliedException => BenchFailure.NotApplied,
        _ => null,
    };

    private Exception? Begin()
    {
        Calls++;
        clock.Pass(Takes(Calls));
        return Fails(Calls);
    }

    private static string Name(ReadOnlyMemory<byte> key) => Encoding.UTF8.GetString(key.Span);
}
