using RaftAkka.Client;
using Xunit;

namespace RaftAkka.Tests.Client;

/// <summary>What callers do with results that came together.</summary>
public sealed class ResultsOnThePoolTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ClientCall[] _calls = [.. Enumerable.Range(0, 100).Select(_ =>
        new ClientCall(ClientCallKind.Command, default, Patience, isEndedOnThePool: true))];

    [Fact]
    public async Task Every_call_gets_its_own_result()
    {
        GiveOut();
        for (var i = 0; i < _calls.Length; i++)
            Assert.Equal([(byte)i], (await _calls[i].Outcome.WaitAsync(Patience)).ToArray());
    }

    [Fact]
    public async Task Whoever_gives_them_out_runs_nothing_of_what_comes_next()
    {
        using var isGivenOut = new ManualResetEventSlim();
        var next = Waits();
        GiveOut();
        isGivenOut.Set();   // Never, if the caller's next step had run in GiveOut.
        await next.WaitAsync(Patience);

        async Task Waits()
        {
            await _calls[0].Outcome.ConfigureAwait(false);
            Assert.True(isGivenOut.Wait(Patience));
        }
    }

    [Fact]
    public async Task A_caller_may_block_until_the_others_have_theirs()
    {
        var first = BlocksForAll(_calls[0]);
        var third = BlocksForAll(_calls[2]);
        GiveOut();
        await first.WaitAsync(Patience);
        await third.WaitAsync(Patience);

        async Task BlocksForAll(ClientCall call)
        {
            await call.Outcome.ConfigureAwait(false);
#pragma warning disable xUnit1031   // What the test is about: a caller who does what he should not.
            Assert.True(Task.WaitAll([.. _calls.Select(other => other.Outcome)], Patience));
#pragma warning restore xUnit1031
        }
    }

    [Fact]
    public async Task A_call_has_one_outcome_and_it_counts_before_its_task_ends()
    {
        var together = new ResultsOnThePool(2);
        _calls[0].CompleteTogether(new byte[] { 7 }, together);
        Assert.True(_calls[0].HasEnded);
        Assert.False(_calls[0].Outcome.IsCompleted);

        _calls[0].LeaveUnknown("too late");
        _calls[1].Refuse("first");
        _calls[1].CompleteTogether(default, together);
        together.GiveOut();

        Assert.Equal([7], (await _calls[0].Outcome.WaitAsync(Patience)).ToArray());
        await Assert.ThrowsAsync<CommandNotAppliedException>(() => _calls[1].Outcome.WaitAsync(Patience));
    }

    private void GiveOut()
    {
        var together = new ResultsOnThePool(_calls.Length);
        for (var i = 0; i < _calls.Length; i++) _calls[i].CompleteTogether(new[] { (byte)i }, together);
        together.GiveOut();
    }
}
