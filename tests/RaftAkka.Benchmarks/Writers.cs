using System.Diagnostics;
using RaftAkka.Client;
using RaftAkka.KeyValue;

namespace RaftAkka.Benchmarks;

/// <summary>A few writers, each with one write at a time, and the longest gap between two that were acknowledged.</summary>
internal sealed class Writers : IDisposable
{
    private const int Count = 4;

    private readonly CancellationTokenSource _stop = new();
    private readonly Task<List<long>>[] _writers;

    public Writers(KeyValueClient client) =>
        _writers = [.. Enumerable.Range(0, Count).Select(n => AcknowledgedAsync(client, n, _stop.Token))];

    /// <summary>Stops writing.</summary>
    /// <returns>The longest gap, in milliseconds.</returns>
    public async Task<double> LongestGapAsync()
    {
        var times = await TimesAsync();
        return times.Zip(times.Skip(1), Stopwatch.GetElapsedTime).Max().TotalMilliseconds;
    }

    /// <summary>Stops writing.</summary>
    /// <returns>When writes were acknowledged, in order and in the ticks of the stopwatch.</returns>
    public async Task<long[]> TimesAsync()
    {
        await _stop.CancelAsync();
        return [.. (await Task.WhenAll(_writers)).SelectMany(list => list).Order()];
    }

    public void Dispose()
    {
        // Where a run was given up before it asked for the gap: they must not go on against a client that is stopped.
        _stop.Cancel();
        _stop.Dispose();
    }

    // A write whose outcome nobody knows is no acknowledged one; the next one tells when writes go on.
    private static async Task<List<long>> AcknowledgedAsync(KeyValueClient client, int writer, CancellationToken stop)
    {
        var times = new List<long>();
        for (var n = 0; !stop.IsCancellationRequested; n++)
        {
            try
            {
                await client.PutAsync($"writer-{writer}", $"{n}", cancellationToken: CancellationToken.None);
                times.Add(Stopwatch.GetTimestamp());
            }
            catch (RaftClientException failed)
            {
                Console.Error.WriteLine($"writer {writer}: {failed.Message}");
            }
        }

        return times;
    }
}
