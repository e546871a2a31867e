using RaftAkka.Protocol;
using RaftAkka.Server;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

public sealed class SnapshotPolicyTests
{
    private static readonly TimeSpan Now = TimeSpan.FromHours(1);

    [Fact]
    public void A_snapshot_is_due_after_so_many_entries()
    {
        var policy = Policy(everyEntries: 100);

        Assert.False(policy.IsDue(At(99), Now));
        Assert.True(policy.IsDue(At(100), Now));

        Take(policy, 100);
        Assert.False(policy.IsDue(At(199), Now));
        Assert.True(policy.IsDue(At(200), Now));
    }

    [Fact]
    public void A_snapshot_is_due_after_so_many_bytes()
    {
        var policy = Policy(everyBytes: 1000);
        policy.OnApplied(999);
        Assert.False(policy.IsDue(At(5), Now));
        policy.OnApplied(1);
        Assert.True(policy.IsDue(At(6), Now));
    }

    [Fact]
    public void What_is_applied_while_a_snapshot_is_taken_counts_for_the_next_one()
    {
        var policy = Policy(everyBytes: 1000);
        policy.OnApplied(1000);
        policy.OnCapture();
        policy.OnApplied(600);
        policy.OnWritten(At(6));

        Assert.False(policy.IsDue(At(9), Now));
        policy.OnApplied(400);
        Assert.True(policy.IsDue(At(10), Now));
    }

    [Fact]
    public void One_snapshot_is_taken_at_a_time()
    {
        var policy = Policy(everyEntries: 100);
        policy.OnCapture();

        Assert.False(policy.IsDue(At(500), Now));
    }

    [Fact]
    public void A_snapshot_that_could_not_be_written_is_tried_again_after_a_while()
    {
        var policy = Policy(everyEntries: 100);
        policy.OnCapture();
        policy.OnNotWritten(Now);

        Assert.False(policy.IsDue(At(500), Now + SnapshotPolicy.RetryAfter - TimeSpan.FromTicks(1)));
        Assert.True(policy.IsDue(At(500), Now + SnapshotPolicy.RetryAfter));
    }

    [Fact]
    public void The_log_reaches_back_to_the_oldest_snapshot_that_stays()
    {
        var policy = Policy(everyEntries: 100, keepEntries: 10, kept: 2);

        Assert.Equal(At(90), Take(policy, 100));
        Assert.Equal(At(100), Take(policy, 200));
        Assert.Equal(At(200), Take(policy, 300));
    }

    [Fact]
    public void Slow_followers_find_so_many_entries_in_the_log()
    {
        var policy = Policy(everyEntries: 100, keepEntries: 30, kept: 1);

        Assert.Equal(At(70), Take(policy, 100));
        Assert.Equal(At(170), Take(policy, 200));
    }

    [Fact]
    public void Entries_before_the_snapshot_before_the_oldest_go_however_many_are_wished_for()
    {
        var policy = Policy(everyEntries: 100, keepEntries: 1_000_000, kept: 2);

        Take(policy, 100);
        Take(policy, 200);
        Assert.Equal(At(100), Take(policy, 300));
        Assert.Equal(At(200), Take(policy, 400));
    }

    [Fact]
    public void The_log_never_begins_behind_a_snapshot_that_is_newer_than_its_entries()
    {
        var policy = Policy(everyEntries: 100, keepEntries: 0, kept: 1);

        Assert.Equal(At(100), Take(policy, 100));
    }

    [Fact]
    public void A_snapshot_that_was_overtaken_by_one_from_another_server_is_no_news()
    {
        var policy = Policy(everyEntries: 100);
        policy.OnCapture();
        policy.StartFrom(At(500));

        Assert.False(policy.OnWritten(At(120)));
        Assert.False(policy.IsTaking);
        Assert.False(policy.IsDue(At(599), Now));
        Assert.True(policy.IsDue(At(600), Now));
    }

    private static LogIndex Take(SnapshotPolicy policy, int index)
    {
        policy.OnCapture();
        Assert.True(policy.OnWritten(At(index)));
        return policy.Base;
    }

    private static SnapshotPolicy Policy(
        int everyEntries = 1_000_000, int everyBytes = 1_000_000, int keepEntries = 0, int kept = 1) => new(
        new RaftNodeSettings
        {
            Cluster = new ClusterId("c"), Server = new ServerId("n"), Members = [], DataDirectory = "d",
            SnapshotEveryEntries = everyEntries,
            SnapshotEveryBytes = everyBytes,
            SnapshotKeepEntries = keepEntries,
            SnapshotsKept = kept,
        });
}
