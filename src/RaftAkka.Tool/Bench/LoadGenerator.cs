using HdrHistogram;

namespace RaftAkka.Tool.Bench;

/// <summary>One run: the keys that are to be read, the warm-up, the measurement, and what was kept.</summary>
internal sealed class LoadGenerator
{
    // More than this is read back by a sample: it has to be a look, not a second benchmark.
    private const int ReadBackMax = 20_000;

    // Filling and reading back are no measurement, and one in flight would take its time.
    private const int OutsideMeasurement = 100;

    private readonly BenchSettings _settings;
    private readonly BenchClock _clock;
    private readonly IBenchProgress _progress;
    private readonly CpuMeter _cpu;
    private readonly Ledger _ledger;
    private readonly Caller[] _callers;
    private readonly Caller[] _helpers;
    private readonly CancellationToken _stop;

    private LoadGenerator(
        IBenchTarget target, BenchSettings settings, BenchClock clock, IBenchProgress progress, CpuMeter cpu,
        CancellationToken stop)
    {
        (_settings, _clock, _progress, _cpu, _stop) = (settings, clock, progress, cpu, stop);
        _ledger = new Ledger(settings.Keys);
        _helpers =
        [
            .. Enumerable.Range(0, Math.Max(settings.InFlight, OutsideMeasurement))
                .Select(number => new Caller(number, target, _ledger, clock, settings.ValueBytes)),
        ];
        _callers = _helpers[..settings.InFlight];
    }

    /// <summary>Runs to the end, or until it is stopped; then it reports what it has.</summary>
    public static Task<BenchResult> RunAsync(
        IBenchTarget target, BenchSettings settings, BenchClock clock, IBenchProgress progress, CpuMeter cpu,
        CancellationToken stop) =>
        new LoadGenerator(target, settings, clock, progress, cpu, stop).RunAsync();

    private async Task<BenchResult> RunAsync()
    {
        if (_settings.ReadsPercent > 0) await FillAsync();

        var from = _clock.Now + BenchClock.Of(_settings.WarmUp);
        var measurements = new Measurements { From = from, Until = from + BenchClock.Of(_settings.Duration) };
        var workload = new Workload(KeyChooser.For(_settings.Distribution, _settings.Keys), _settings.ReadsPercent);
        Loop loop = _settings.Rate is { } rate
            ? new OpenLoop(workload, rate, _clock, measurements)
            : new ClosedLoop(workload, _clock, measurements);

        using var stopping = _stop.Register(loop.Stop);
        var running = loop.RunAsync(_callers);
        var timeline = new Timeline();
        var (elapsed, cpu) = await WatchAsync(measurements, running, timeline);
        _progress.Show("waiting for the last answers");
        await running;
        timeline.TakeLast(measurements);

        return new BenchResult
        {
            Settings = _settings,
            Elapsed = elapsed,
            Latencies = timeline.All,
            Failures = Enum.GetValues<BenchFailure>().ToDictionary(kind => kind, measurements.Count),
            Reasons = measurements.FirstReasons,
            WrongReads = measurements.Count(Verdict.Lost) + measurements.Count(Verdict.Wrong),
            NeverBegun = (loop as OpenLoop)?.NeverBegun ?? 0,
            Seconds = timeline.Seconds,
            Cpu = cpu,
            UnseenNodes = _cpu.Unseen,
            ReadBack = _settings.Verify ? await ReadBackAsync() : null,
        };
    }

    // Reads of keys that are not there would be cheaper than those that anybody makes.
    private async Task FillAsync()
    {
        var measurements = new Measurements();
        var loop = new EachKeyOnce([.. Enumerable.Range(0, _settings.Keys)], isRead: false, _clock, measurements);
        using var stopping = _stop.Register(loop.Stop);
        await EndOfAsync(loop, () => $"writing the keys that are to be read: {loop.Taken:N0} of {_settings.Keys:N0}");
    }

    private async Task<(TimeSpan Elapsed, CpuReading Cpu)> WatchAsync(
        Measurements measurements, Task running, Timeline timeline)
    {
        _progress.Show("warming up");
        await UntilAsync(measurements.From, running);
        var before = _cpu.Read();
        while (_clock.Now < measurements.Until && !_stop.IsCancellationRequested && !running.IsCompleted)
        {
            await UntilAsync(Math.Min(_clock.Now + BenchClock.Second, measurements.Until), running);
            timeline.Take(measurements, _clock.Now);
            _progress.Show(timeline, _settings.Duration, measurements.Failures);
        }

        var elapsed = Math.Min(_clock.Now, measurements.Until) - measurements.From;
        return (BenchClock.Span(Math.Max(elapsed, 1000)), CpuMeter.Between(before, _cpu.Read()));
    }

    private async Task<ReadBack> ReadBackAsync()
    {
        var all = _ledger.Keys.ToArray();
        var sample = all;
        if (all.Length > ReadBackMax)
        {
            var step = (double)all.Length / ReadBackMax;
            sample = [.. Enumerable.Range(0, ReadBackMax).Select(n => all[(int)(n * step)])];
        }

        var measurements = new Measurements();
        var loop = new EachKeyOnce(sample, isRead: true, _clock, measurements);
        await EndOfAsync(loop, () => $"reading back what was acknowledged: {loop.Taken:N0} of {sample.Length:N0} keys");
        return new ReadBack(
            all.Length, sample.Length - measurements.Failures, measurements.Count(Verdict.Later),
            measurements.Count(Verdict.Lost), measurements.Count(Verdict.Wrong), measurements.Failures);
    }

    private async Task EndOfAsync(EachKeyOnce loop, Func<string> what)
    {
        var running = loop.RunAsync(_helpers);
        while (!running.IsCompleted)
        {
            _progress.Show(what());
            await UntilAsync(_clock.Now + BenchClock.Second, running);
        }
        await running;
    }

    // Who is broken, or stopped, does not wait for the time to come.
    private async Task UntilAsync(long time, Task running)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_stop);
        await Task.WhenAny(_clock.WhenAsync(time, over.Token), running);
        await over.CancelAsync();
    }
}

/// <summary>The run second by second, and all of it together.</summary>
internal sealed class Timeline
{
    private readonly List<BenchSecond> _seconds = [];
    private long? _end;

    /// <summary>The latencies of the last second, in microseconds.</summary>
    public LongHistogram Latest { get; } = Measurements.Empty();

    /// <summary>All latencies so far, in microseconds.</summary>
    public LongHistogram All { get; } = Measurements.Empty();

    public IReadOnlyList<BenchSecond> Seconds => _seconds;

    /// <summary>Closes a second.</summary>
    public void Take(Measurements measurements, long now)
    {
        Latest.Reset();
        measurements.TakeInto(Latest);
        var from = _end ?? measurements.From;
        _end = now;
        var hasAny = Latest.TotalCount > 0;
        _seconds.Add(new BenchSecond(
            BenchClock.Span(now - measurements.From),
            Latest.TotalCount * (double)BenchClock.Second / Math.Max(1, now - from),
            hasAny ? Latest.GetValueAtPercentile(50) / 1000.0 : 0,
            hasAny ? Latest.GetValueAtPercentile(99) / 1000.0 : 0,
            hasAny ? Latest.GetMaxValue() / 1000.0 : 0));
        All.Add(Latest);
    }

    /// <summary>Takes what was still under way at the end.</summary>
    public void TakeLast(Measurements measurements) => measurements.TakeInto(All);
}
