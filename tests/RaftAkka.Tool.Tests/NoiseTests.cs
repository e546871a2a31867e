using RaftAkka.Tool.Node;
using Xunit;

namespace RaftAkka.Tool.Tests;

public sealed class NoiseTests
{
    private readonly Clock _clock = new();
    private readonly Noise _noise;

    public NoiseTests() => _noise = new Noise(_clock);

    [Fact]
    public void What_raft_says_is_never_left_out()
    {
        Assert.False(_noise.LeavesOut("akka://raftakka/user/raft/server", "the leader is n2"));
        Assert.False(_noise.LeavesOut("akka://raftakka/user/raft/server", "the leader is n2"));
    }

    [Fact]
    public void That_a_peer_is_away_is_left_to_raft_to_say() =>
        Assert.True(_noise.LeavesOut(
            "akka://raftakka/system/endpointManager/x", "Tried to associate with unreachable remote address [x]"));

    [Fact]
    public void The_same_trouble_is_told_once_in_ten_seconds()
    {
        Assert.False(_noise.LeavesOut("remoting", "Oversized payload: 123 bytes from somebody"));
        Assert.True(_noise.LeavesOut("remoting", "Oversized payload: 123 bytes from another"));
        Assert.False(_noise.LeavesOut("remoting", "Something else"));

        _clock.Now += TimeSpan.FromSeconds(10);

        Assert.False(_noise.LeavesOut("remoting", "Oversized payload: 123 bytes from somebody"));
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; } = TimeSpan.FromHours(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
