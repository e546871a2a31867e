using RaftAkka.Protocol;
using RaftAkka.Server;
using Xunit;

namespace RaftAkka.Tests.Server;

public sealed class ClusterClockTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(4);   // So a tick is due every second.

    private readonly ClusterClock _clock = new(Timeout, TimeSpan.FromMilliseconds(500), TimeSpan.FromHours(9));
    private TimeSpan _now = TimeSpan.FromHours(9);

    [Fact]
    public void A_tick_is_due_after_a_quarter_of_the_timeout_and_says_how_much_time_went_by()
    {
        Beats(9);
        Assert.Null(_clock.TakeDue(Sessions(time: 70)));

        Beats(1);

        var tick = Taken(Sessions(time: 70));
        Assert.Equal((TimeSpan.FromMilliseconds(71_000), Timeout), (tick.Time, tick.SessionTimeout));
        Assert.Null(_clock.TakeDue(Sessions(time: 71)));
    }

    [Fact]
    public void The_time_while_a_tick_is_on_its_way_counts_for_the_next_one()
    {
        Beats(10);
        Taken(Sessions(time: 70));

        Beats(30);
        Assert.Null(_clock.TakeDue(Sessions(time: 70)));   // One at a time.

        Assert.Equal(TimeSpan.FromSeconds(74), Taken(Sessions(time: 71)).Time);
    }

    [Fact]
    public void Parts_of_milliseconds_do_not_keep_the_next_tick_waiting()
    {
        _now += TimeSpan.FromTicks(7);
        Beats(10);

        Assert.Equal(TimeSpan.FromSeconds(71), Taken(Sessions(time: 70)).Time);
        Beats(10);
        Taken(Sessions(time: 71));
    }

    [Fact]
    public void What_was_renewed_is_in_the_next_tick_and_in_no_other()
    {
        _clock.Renew(new LogIndex(7));
        _clock.Renew(new LogIndex(3));
        _clock.Renew(new LogIndex(7));
        Beats(10);

        Assert.Equal([new(3), new(7)], Taken(Sessions(time: 0)).Renewed);
        Beats(10);
        Assert.Empty(Taken(Sessions(time: 1)).Renewed);
    }

    [Fact]
    public void No_more_renewals_are_noted_than_a_tick_has_room_for()
    {
        for (var n = 1; n <= SessionTable.SessionsMax + 5; n++) _clock.Renew(new LogIndex(n));
        Beats(10);

        Assert.Equal(SessionTable.SessionsMax, Taken(Sessions(time: 0)).Renewed.Count);
    }

    [Fact]
    public void Without_sessions_there_are_no_ticks_and_the_first_session_gets_a_whole_interval()
    {
        Beats(100);
        Assert.Null(_clock.TakeDue(new SessionsNow(0, default)));

        Beats(9);
        Assert.Null(_clock.TakeDue(Sessions(time: 0)));
        Beats(1);
        Assert.Equal(TimeSpan.FromSeconds(1), Taken(Sessions(time: 0)).Time);
    }

    [Fact]
    public void The_time_in_which_a_leader_was_stopped_does_not_count()
    {
        Beats(9);
        _now += TimeSpan.FromDays(3);
        _clock.Beat(_now);

        Assert.Equal(TimeSpan.FromMilliseconds(1400), Taken(Sessions(time: 0)).Time);
    }

    private void Beats(int times)
    {
        for (; times > 0; times--) _clock.Beat(_now += TimeSpan.FromMilliseconds(100));
    }

    private ClockTick Taken(SessionsNow sessions)
    {
        var bytes = _clock.TakeDue(sessions);
        Assert.True(ClockTick.TryDecode(bytes, out var tick));
        return tick;
    }

    private static SessionsNow Sessions(int time) => new(1, TimeSpan.FromSeconds(time));
}
