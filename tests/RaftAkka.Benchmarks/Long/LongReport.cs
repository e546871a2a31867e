using System.Diagnostics;
using System.Globalization;
using HdrHistogram;
using RaftAkka.Benchmarks.Watch;
using RaftAkka.Tool.Bench;

namespace RaftAkka.Benchmarks.Long;

/// <summary>
/// Follows a load, and writes a row of a Markdown table for every so many seconds of it while it runs: whoever waits for
/// half an hour sees how it goes.
/// </summary>
internal sealed class LongReport : IBenchProgress
{
    private readonly NodeFleet _nodes;
    private readonly LeaderWatch _leader;
    private readonly IReadOnlyList<GcWatch> _collections;
    private readonly TimeSpan _each;
    private readonly LongHistogram _latencies = Measurements.Empty();
    private readonly List<LongRow> _rows = [];
    private TimeSpan _begun;
    private TimeSpan _end;

    public LongReport(NodeFleet nodes, LeaderWatch leader, IReadOnlyList<GcWatch> collections, TimeSpan each)
    {
        (_nodes, _leader, _collections, _each) = (nodes, leader, collections, each);
        var names = string.Join(", ", Enumerable.Range(0, nodes.Count).Select(NodeFleet.IdOf));
        var gc = collections.Count > 0 ? $" GCs, pauses ms, longest ms: {names} |" : "";
        Console.WriteLine(
            $"| until s | operations | per second | p50 ms | p99 ms | max ms | memory MB: {names}, client "
            + $"| disk MB: {names} |{gc} leader | elections |");
        Console.WriteLine(
            "|---:|---:|---:|---:|---:|---:|---:|---:|" + (gc.Length > 0 ? "---:|" : "") + "---|---:|");
    }

    public IReadOnlyList<LongRow> Rows => _rows;

    public void Show(string what) => Console.Error.WriteLine(what);

    public void Show(Timeline timeline, TimeSpan of, long failures)
    {
        // What came before the measurement is nobody's.
        if (_end == TimeSpan.Zero)
            foreach (var watch in _collections) watch.Take();

        _latencies.Add(timeline.Latest);
        _end = timeline.Seconds[^1].End;
        if (_end - _begun >= _each - TimeSpan.FromMilliseconds(500)) Close();
    }

    public void Clear()
    {
        // Rows stay.
    }

    /// <summary>Writes what there is since the last row.</summary>
    public void Close()
    {
        if (_latencies.TotalCount == 0) return;

        using var client = Process.GetCurrentProcess();
        var row = new LongRow
        {
            End = _end,
            Operations = _latencies.TotalCount,
            PerSecond = _latencies.TotalCount / (_end - _begun).TotalSeconds,
            P50Ms = _latencies.GetValueAtPercentile(50) / 1000.0,
            P99Ms = _latencies.GetValueAtPercentile(99) / 1000.0,
            MaxMs = _latencies.GetMaxValue() / 1000.0,
            ResidentMb = [.. Enumerable.Range(0, _nodes.Count).Select(node => _nodes.ResidentBytes(node) / 1e6)],
            ClientMb = client.WorkingSet64 / 1e6,
            DiskMb = [.. Enumerable.Range(0, _nodes.Count).Select(node => _nodes.DiskBytes(node) / 1e6)],
            Collections = [.. _collections.Select(watch => watch.Take())],
            Leader = _leader.Leader.Value,
            Elections = _leader.Elections,
        };
        _rows.Add(row);
        Console.WriteLine(Text(row));
        _latencies.Reset();
        _begun = _end;
    }

    private static string Text(LongRow row)
    {
        var gc = row.Collections.Count == 0 ? "" : " " + string.Join("; ", row.Collections.Select(
            seen => Invariant($"{seen.Collections}, {seen.PauseMs:F0}, {seen.LongestMs:F1}"))) + " |";
        return Invariant($"| {row.End.TotalSeconds:F0} | {row.Operations:N0} | {row.PerSecond:N0} | {row.P50Ms:F2} ")
            + Invariant($"| {row.P99Ms:F2} | {row.MaxMs:F1} | {Each(row.ResidentMb)}, {row.ClientMb:F0} ")
            + Invariant($"| {Each(row.DiskMb)} |{gc} {row.Leader} | {row.Elections} |");
    }

    private static string Each(IReadOnlyList<double> numbers) =>
        string.Join(", ", numbers.Select(number => number.ToString("F0", CultureInfo.InvariantCulture)));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
