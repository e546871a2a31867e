using System.Net;
using RaftAkka.Tcp;
using Xunit;

namespace RaftAkka.Tests.Tcp;

public sealed class ConnectionLimitsTests
{
    private static readonly IPAddress Ann = IPAddress.Parse("10.0.0.1");
    private static readonly IPAddress Bea = IPAddress.Parse("10.0.0.2");

    [Fact]
    public void One_host_cannot_use_up_all_places()
    {
        var limits = new ConnectionLimits(connectionsMax: 10, perHostMax: 6, handshakesMax: 100);
        for (var n = 0; n < 6; n++) Assert.Null(limits.TryAdd(Ann));

        Assert.Contains("connections-per-host-max", limits.TryAdd(Ann), StringComparison.Ordinal);

        for (var n = 0; n < 4; n++) Assert.Null(limits.TryAdd(Bea));
        Assert.Contains("(connections-max)", limits.TryAdd(Bea), StringComparison.Ordinal);
    }

    [Fact]
    public void Connections_that_never_shake_hands_leave_room_for_others()
    {
        var limits = new ConnectionLimits(connectionsMax: 100, perHostMax: 100, handshakesMax: 4);
        Assert.Null(limits.TryAdd(Ann));
        Assert.Null(limits.TryAdd(Ann));

        Assert.Contains("half of those", limits.TryAdd(Ann), StringComparison.Ordinal);

        Assert.Null(limits.TryAdd(Bea));
        limits.OnHandshake(Ann);
        Assert.Null(limits.TryAdd(Ann));
    }

    [Fact]
    public void One_that_is_gone_gives_its_place_back_with_and_without_a_handshake()
    {
        var limits = new ConnectionLimits(connectionsMax: 2, perHostMax: 2, handshakesMax: 2);
        for (var round = 0; round < 100; round++)
        {
            Assert.Null(limits.TryAdd(Ann));
            limits.OnHandshake(Ann);
            Assert.Null(limits.TryAdd(Ann));
            limits.Remove(Ann, hadHandshake: true);
            limits.Remove(Ann, hadHandshake: false);
        }

        Assert.Equal((0, 0), (limits.Connections, limits.Handshakes));
    }

    [Theory]
    [InlineData("::ffff:10.0.0.1", "10.0.0.1")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    [InlineData("10.0.0.1", "10.0.0.1")]
    public void A_host_is_an_address_or_the_network_that_it_may_choose_from(string address, string host) =>
        Assert.Equal(IPAddress.Parse(host), ConnectionLimits.HostOf(IPAddress.Parse(address)));
}
