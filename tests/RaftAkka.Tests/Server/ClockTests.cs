using RaftAkka.Log;
using RaftAkka.Machine;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Tests.Server.Cast;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

/// <summary>A leader puts the time into the log. Sessions expire after four seconds, so it does once a second.</summary>
public sealed class ClockTests : ServerStory
{
    public ClockTests() => Settings = Settings with { SessionTimeout = TimeSpan.FromSeconds(4) };

    [Fact]
    public void A_leader_with_sessions_puts_the_time_into_the_log_and_who_was_renewed()
    {
        LeadsWithSessions(time: 70);
        Renewed(session: 7);
        Renewed(session: 3);

        WaitInTouch(milliseconds: 1000);

        var tick = TickIn(Disk.Takes());
        Assert.Equal(TimeSpan.FromSeconds(71), tick.Time);
        Assert.Equal(TimeSpan.FromSeconds(4), tick.SessionTimeout);
        Assert.Equal([new(3), new(7)], tick.Renewed);
        Cora.HearsNothing();
    }

    [Fact]
    public void The_next_tick_waits_until_the_machine_has_applied_the_last_one()
    {
        LeadsWithSessions(time: 70);
        WaitInTouch(milliseconds: 1000);
        Disk.CatchesUp();

        WaitInTouch(milliseconds: 3000);
        Disk.HearsNothing();

        Ann.Accepts(term: 5, matched: 2);
        Machine.Hears<ApplyEntries>();
        Machine.Says(new Applied(At(2), new SessionsNow(1, TimeSpan.FromSeconds(71))));
        WaitInTouch(milliseconds: 50);
        Assert.InRange(TickIn(Disk.Takes()).Time, TimeSpan.FromSeconds(74), TimeSpan.FromSeconds(74.1));
    }

    [Fact]
    public void Without_sessions_the_log_of_an_idle_cluster_does_not_grow()
    {
        LeadsInHarmony(term: 5);

        WaitInTouch(milliseconds: 20_000);

        Disk.HearsNothing();
    }

    [Fact]
    public void A_leader_says_nothing_of_the_time_before_it_has_applied_what_earlier_leaders_said()
    {
        Leads(term: 5, log: [4]);
        foreach (var peer in Peers) peer.Accepts(term: 5, matched: 2);
        Machine.HearsAll();
        Machine.Says(new Applied(At(1), new SessionsNow(1, TimeSpan.FromSeconds(70))));

        WaitInTouch(milliseconds: 2000);
        Disk.HearsNothing();

        Machine.Says(new Applied(At(2), new SessionsNow(1, TimeSpan.FromSeconds(90))));
        WaitInTouch(milliseconds: 50);
        Assert.InRange(TickIn(Disk.Takes()).Time, TimeSpan.FromSeconds(92), TimeSpan.FromSeconds(92.1));
    }

    [Fact]
    public void A_new_leader_counts_from_its_own_beginning_and_renews_what_it_was_told_itself()
    {
        FollowsAnn(term: 4);
        Cora.Says(new SessionAlive(new SessionId(7)));   // To a follower: nobody's business.
        Wait(60_000);
        WaitUntil(ServerRole.PreCandidate);
        ElectedIn(Role().Term + 1);

        WaitInTouch(milliseconds: 1000);

        var tick = TickIn(Disk.Takes());
        Assert.Equal(TimeSpan.FromSeconds(71), tick.Time);
        Assert.Empty(tick.Renewed);
    }

    [Fact]
    public void A_snapshot_says_how_late_it_is_as_well()
    {
        LeadsFrom(Snapshot(3, 4), term: 5, Id(3, 4), log: []);
        Machine.HearsAll();
        foreach (var peer in Peers) peer.Accepts(term: 5, matched: 4);
        Machine.Hears<ApplyEntries>();
        Machine.Says(new Applied(At(4), new SessionsNow(2, TimeSpan.FromSeconds(30))));

        WaitInTouch(milliseconds: 1000);

        Assert.InRange(TickIn(Disk.Takes()).Time, TimeSpan.FromSeconds(31), TimeSpan.FromSeconds(31.1));
    }

    [Fact]
    public void While_the_disk_is_full_time_stays_out_of_the_log_and_renewals_are_kept()
    {
        LeadsWithSessions(time: 70);
        Disk.Says(new LogOutOfSpace("no space"));
        Renewed(session: 7);
        WaitInTouch(milliseconds: 2000);
        Disk.HearsNothing();

        Disk.Says(new LogHasSpace());
        WaitInTouch(milliseconds: 50);

        Assert.Equal([new(7)], TickIn(Disk.Takes()).Renewed);
    }

    [Fact]
    public void A_leader_that_is_busy_keeps_time_out_of_the_log_too()
    {
        Settings = Settings with { UncommittedBytesMax = 2 };
        LeadsWithSessions(time: 70);
        Cora.Proposes(batch: 1);
        Disk.Takes();

        WaitInTouch(milliseconds: 2000);

        Disk.HearsNothing();
    }

    // Anybody may name a session: it would fill the clock's list, and other clients' renewals would find no room.
    [Fact]
    public void A_session_that_the_machine_does_not_know_is_not_renewed_and_closes_nothing()
    {
        LeadsWithSessions(time: 70);
        Cora.Says(new SessionAlive(new SessionId(7, new(1, 2))));
        Cora.Says(new SessionLeft(new SessionId(8, new(1, 2))));
        Machine.Hears<SessionAlive>();
        Machine.Hears<SessionLeft>();

        Disk.HearsNothing();
        WaitInTouch(milliseconds: 1000);

        Assert.Empty(TickIn(Disk.Takes()).Renewed);
    }

    [Fact]
    public void A_session_whose_client_has_gone_is_closed_through_the_log()
    {
        LeadsWithSessions(time: 70);
        Cora.Says(new SessionLeft(new SessionId(7, new(1, 2))));
        Machine.Says(new SessionConfirmed(Machine.Hears<SessionLeft>()));

        var entry = Assert.Single(Disk.Takes().Entries);
        Assert.Equal(EntryKind.CloseSession, entry.Kind);
        Assert.True(SessionClosing.TryDecode(entry.Payload.Span, out var closing));
        Assert.Equal(new SessionId(7, new(1, 2)), closing.Session);
        Cora.HearsNothing();
    }

    [Fact]
    public void A_full_disk_leaves_a_session_that_is_to_close_to_its_expiry()
    {
        LeadsWithSessions(time: 70);
        Disk.Says(new LogOutOfSpace("no space"));
        Cora.Says(new SessionLeft(new SessionId(7, new(1, 2))));
        Machine.Says(new SessionConfirmed(Machine.Hears<SessionLeft>()));

        Disk.HearsNothing();
    }

    private void Renewed(long session)
    {
        Cora.Says(new SessionAlive(new SessionId(session)));
        Machine.Says(new SessionConfirmed(Machine.Hears<SessionAlive>()));
    }

    private void LeadsWithSessions(int time)
    {
        Leads(term: 5);
        foreach (var peer in Peers) peer.Accepts(term: 5, matched: 1);
        Machine.HearsAll();
        Machine.Says(new Applied(At(1), new SessionsNow(1, TimeSpan.FromSeconds(time))));
        ForgetAllThatWasSaid();
    }

    private void ElectedIn(int term)
    {
        Ann.PreVotes(term);
        Disk.CatchesUp();
        Ann.Votes(term);
        Disk.CatchesUp();
        Assert.Equal((ServerRole.Leader, term), Role());
        _term = term;
        foreach (var peer in Peers) peer.Accepts(term, matched: 1);
        Machine.HearsAll();
        Machine.Says(new Applied(At(1), new SessionsNow(1, TimeSpan.FromSeconds(70))));
    }

    private int _term = 5;

    /// <summary>Time passes in which the followers answer the heartbeats.</summary>
    private void WaitInTouch(int milliseconds)
    {
        for (; milliseconds > 0; milliseconds -= 50)
        {
            Wait(50);
            foreach (var peer in Peers) peer.Accepts(_term, matched: 1);
        }
    }

    private static ClockTick TickIn(WriteLog write)
    {
        var entry = Assert.Single(write.Entries);
        Assert.Equal(EntryKind.Clock, entry.Kind);
        Assert.True(ClockTick.TryDecode(entry.Payload.Span, out var tick));
        return tick;
    }
}
