using System.Diagnostics;

namespace RaftAkka.Simulation.Runs;

/// <summary>Runs many seeds, several at a time, each on a thread of its own, until enough of them broke a promise.</summary>
internal sealed class Campaign(CommandLine line, TextWriter output, ProgressBar progress)
{
    public const int Held = 0;
    public const int Broken = 1;

    private readonly Lock _lock = new();
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly Summary _summary = new(line.First);
    private ulong _next = line.First;
    private readonly SortedList<ulong, RunResult> _broken = [];
    private bool _isStopped;

    private double Done => line.Campaign is { } time
        ? _watch.Elapsed / time
        : _summary.Seeds / (double)(line.Last - line.First + 1);

    /// <summary>Begins no other seed.</summary>
    public void Stop()
    {
        lock (_lock) _isStopped = true;
    }

    /// <returns>The process's exit code.</returns>
    public int Run()
    {
        var workers = Enumerable.Range(0, line.Workers).Select(_ => new Thread(Work)).ToArray();
        foreach (var worker in workers) worker.Start();
        foreach (var worker in workers) worker.Join();

        progress.Clear();
        // Of several at a time the lowest seed is reported, so that the same is reported every time.
        if (_broken.Count > 0) ViolationReport.Write(output, line, _broken.Values[0]);
        if (_broken.Count > 1) output.WriteLine($"Broken by {_broken.Count} seeds: {string.Join(", ", _broken.Keys)}");
        output.WriteLine(_summary.Line(_watch.Elapsed));
        return _broken.Count == 0 ? Held : Broken;
    }

    private void Work()
    {
        while (Next() is { } seed)
        {
            var result = RunSeed(seed);
            lock (_lock)
            {
                _summary.Add(result);
                if (result.Violations.Count > 0) _broken.Add(seed, result);
                progress.Show(Done, _summary.Seeds);
                if (line.First == line.Last && line.Campaign is null) output.WriteLine($"Seed {seed}: {result.Plan}");
            }
        }
    }

    private RunResult RunSeed(ulong seed)
    {
        try
        {
            if (line.TraceFile is null) return new SeedRun(seed, line.Run).Run();

            using var trace = new StreamWriter(line.TraceFile);
            return new SeedRun(seed, line.Run, trace).Run();
        }
        catch (Exception failure)
        {
            // On a thread of its own it would end the process, and nobody would know at which seed.
            return RunResult.Failed(seed, failure);
        }
    }

    private ulong? Next()
    {
        lock (_lock)
        {
            if (_broken.Count >= line.ViolationsMax || _isStopped) return null;
            if (line.Campaign is { } time ? _watch.Elapsed >= time : _next > line.Last) return null;
            return _next++;
        }
    }
}
