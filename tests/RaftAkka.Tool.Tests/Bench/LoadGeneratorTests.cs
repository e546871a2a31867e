using RaftAkka.Tool.Bench;
using Xunit;

namespace RaftAkka.Tool.Tests.Bench;

/// <summary>The load generator over a store and a clock of the test: a millisecond is whatever a call says it took.</summary>
public sealed class LoadGeneratorTests
{
    private static readonly BenchSettings OneInFlight = new()
    {
        InFlight = 1, Keys = 100, WarmUp = TimeSpan.FromSeconds(1), Duration = TimeSpan.FromSeconds(2),
    };

    private readonly VirtualClock _clock = new();
    private readonly FakeStore _store;

    public LoadGeneratorTests() => _store = new FakeStore(_clock);

    [Fact]
    public async Task A_closed_loop_begins_the_next_operation_when_the_last_one_has_ended()
    {
        var result = await RunAsync(OneInFlight);

        Assert.Equal(2000, result.Operations);   // A millisecond each; the warm-up's thousand do not count.
        Assert.Equal(1000, result.OperationsPerSecond);
        Assert.Equal(1, result.Milliseconds(50), precision: 2);
        Assert.Equal((0, 0), (result.Errors, result.Unknown));
    }

    [Fact]
    public async Task A_stall_is_one_long_operation_in_a_closed_loop()
    {
        _store.Takes = call => call == 1500 ? 500 * BenchClock.Millisecond : BenchClock.Millisecond;

        var result = await RunAsync(OneInFlight);

        Assert.Equal(500, result.MaxMilliseconds, tolerance: 1);
        Assert.Equal(1, result.Milliseconds(99), precision: 2);
    }

    [Fact]
    public async Task A_stall_is_in_every_operation_of_its_time_in_an_open_loop()
    {
        // A hundred per second, each a millisecond; then half a second without an answer.
        _store.Takes = call => call == 150 ? 500 * BenchClock.Millisecond : BenchClock.Millisecond;

        var result = await RunAsync(OneInFlight with { Rate = 100 });

        // Fifty were to begin in that half second. They counted from then on, so one in ten took 250 ms or more.
        Assert.Equal(200, result.Operations);
        Assert.Equal(500, result.MaxMilliseconds, tolerance: 1);
        Assert.InRange(result.Milliseconds(90), 200, 350);
        Assert.InRange(result.Milliseconds(50), 0.9, 1.3);
        Assert.Equal(0, result.NeverBegun);
    }

    [Fact]
    public async Task An_open_loop_tells_what_it_could_not_begin_in_time()
    {
        _store.Takes = _ => 20 * BenchClock.Millisecond;   // Fifty in a second, where a hundred are to begin.

        var result = await RunAsync(OneInFlight with { Rate = 100 });

        Assert.InRange(result.NeverBegun, 145, 152);
        Assert.InRange(result.MaxMilliseconds, 1400, 1520);
    }

    [Fact]
    public async Task An_open_loop_begins_operations_at_its_rate()
    {
        var result = await RunAsync(OneInFlight with { Rate = 400 });

        Assert.Equal(800, result.Operations);
        Assert.Equal(400, result.OperationsPerSecond);
        Assert.InRange(result.MaxMilliseconds, 1, 1.3);   // What wakes it may be late by 0.2 ms, and says so.
    }

    [Fact]
    public async Task Keys_that_are_read_are_written_first()
    {
        var result = await RunAsync(OneInFlight with { Operation = BenchOperation.Get });

        Assert.Equal(100, _store.Keys.Count);
        Assert.Contains("bench/000099", _store.Keys);
        Assert.Equal(2000, result.Operations);
        Assert.Equal((0, true), (result.WrongReads, result.IsIntact));
    }

    [Fact]
    public async Task An_acknowledged_write_that_is_not_there_is_found()
    {
        _store.Forgets = call => call > 2900;   // The last hundred of the run are acknowledged, and not kept.

        var result = await RunAsync(OneInFlight with { Keys = 50, Distribution = KeyDistribution.Sequential });

        Assert.False(result.IsIntact);
        Assert.Equal((50, 50, 50), (result.ReadBack!.Keys, result.ReadBack.Checked, result.ReadBack.Lost));
    }

    [Fact]
    public async Task A_stale_read_is_found_while_the_load_runs()
    {
        _store.Forgets = call => call is > 1500 and <= 1600;

        var result = await RunAsync(OneInFlight with
        {
            Operation = BenchOperation.Mixed, Keys = 1, Verify = false, MixedReadsPercent = 50,
        });

        // Of a hundred calls in a row about half are writes that nobody keeps, and the others reads that miss them.
        Assert.InRange(result.WrongReads, 20, 80);
        Assert.False(result.IsIntact);
    }

    [Fact]
    public async Task What_was_kept_is_read_back()
    {
        var result = await RunAsync(OneInFlight);

        Assert.True(result.IsIntact);
        Assert.Equal(result.ReadBack!.Keys, result.ReadBack.Checked);
        Assert.Equal((0, 0, 0, 0),
            (result.ReadBack.Later, result.ReadBack.Lost, result.ReadBack.Wrong, result.ReadBack.Unread));
    }

    [Fact]
    public async Task Many_keys_are_read_back_by_a_sample()
    {
        _store.Takes = _ => BenchClock.Millisecond / 50;

        var result = await RunAsync(OneInFlight with { Keys = 50_000, Distribution = KeyDistribution.Sequential });

        Assert.Equal((50_000, 20_000), (result.ReadBack!.Keys, result.ReadBack.Checked));
    }

    [Fact]
    public async Task Nothing_is_read_back_where_that_is_not_wanted()
    {
        var result = await RunAsync(OneInFlight with { Verify = false });

        Assert.Null(result.ReadBack);
        Assert.Equal(3000, _store.Calls);
    }

    [Fact]
    public async Task A_bug_ends_the_run()
    {
        _store.Fails = call => call == 10 ? new InvalidOperationException("a bug") : null;

        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(OneInFlight));
    }

    [Fact]
    public void Failures_count_by_kind_and_only_in_the_measured_time()
    {
        var measurements = new Measurements { From = 100, Until = 200 };

        measurements.Failed(intended: 99, BenchFailure.Unknown, "warm-up");
        measurements.Failed(intended: 100, BenchFailure.Unknown, "first");
        measurements.Failed(intended: 199, BenchFailure.Busy, "full");
        measurements.Failed(intended: 200, BenchFailure.Busy, "late");

        Assert.Equal(1, measurements.Count(BenchFailure.Unknown));
        Assert.Equal(1, measurements.Count(BenchFailure.Busy));
        Assert.Equal(2, measurements.Failures);
        Assert.Equal("full", measurements.FirstReasons[BenchFailure.Busy]);
    }

    [Fact]
    public void A_read_is_judged_by_what_was_acknowledged_before_it()
    {
        var stamp = Stamp.Of(caller: 3, number: 7);
        var value = new byte[16];
        Stamp.Write(stamp, value);
        var before = new Acknowledged(Revision: 5, stamp);

        Assert.Equal(Verdict.AsWritten, Ledger.Judge(before, new Reading(5, value)));
        Assert.Equal(Verdict.Later, Ledger.Judge(before, new Reading(6, new byte[16])));
        Assert.Equal(Verdict.Lost, Ledger.Judge(before, new Reading(4, value)));
        Assert.Equal(Verdict.Lost, Ledger.Judge(before, default));
        Assert.Equal(Verdict.Wrong, Ledger.Judge(before, new Reading(5, new byte[16])));
        Assert.Equal(Verdict.AsWritten, Ledger.Judge(default, default));
    }

    [Fact]
    public void Of_two_answers_the_one_for_the_later_write_counts()
    {
        var ledger = new Ledger(keys: 10);

        ledger.Acknowledge(4, new Acknowledged(Revision: 9, Stamp: 90));
        ledger.Acknowledge(4, new Acknowledged(Revision: 8, Stamp: 80));

        Assert.Equal(new Acknowledged(9, 90), ledger.Last(4));
        Assert.Equal([4], ledger.Keys);
    }

    private Task<BenchResult> RunAsync(BenchSettings settings) => LoadGenerator.RunAsync(
        _store, settings, _clock, NoProgress.Instance, new CpuMeter(), CancellationToken.None);
}
