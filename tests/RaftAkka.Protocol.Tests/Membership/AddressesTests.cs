using Xunit;

namespace RaftAkka.Protocol.Tests.Membership;

public sealed class AddressesTests
{
    [Theory]
    [InlineData("[0:0:0:0:0:0:0:1]:4051", "[::1]:4051")]
    [InlineData("[2001:DB8:0:0::00A]:1", "[2001:db8::a]:1")]
    [InlineData("[::FFFF:10.0.0.1]:4051", "10.0.0.1:4051")]
    [InlineData("DB1.Example.org:4051", "db1.example.org:4051")]
    [InlineData("db1.example.org.:4051", "db1.example.org:4051")]
    [InlineData("raft_node_1:00080", "raft_node_1:80")]
    [InlineData("10.0.0.1:4051", "10.0.0.1:4051")]
    public void However_an_address_is_written_it_has_one_form(string written, string canonical)
    {
        Assert.Equal(canonical, Addresses.Canonical(written));
        Assert.Equal(canonical, Addresses.Canonical(canonical));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Host")]
    [InlineData("[fe80::1%lo]:4051")]
    [InlineData("[::::]:1")]
    public void What_is_no_address_stays_as_it_is(string text) => Assert.Equal(text, Addresses.Canonical(text));

    [Fact]
    public void Members_seeds_and_changes_hold_the_one_form()
    {
        const string written = "[0:0:0:0:0:0:0:1]:4051";
        const string canonical = "[::1]:4051";

        var member = new Member(new ServerId("n1"), written);
        Assert.Equal(canonical, member.Address);
        Assert.Equal("n2:1", (member with { Address = "N2:1" }).Address);
        Assert.Equal(canonical, new MemberAddress(new ServerId("n1"), written).Address);
        Assert.Equal(
            new MemberChange.SetAddress(new ServerId("n1"), canonical), new MemberChange.SetAddress(new ServerId("n1"), written));
    }

    [Theory]
    [InlineData("[::1]:4051", "::1", 4051)]
    [InlineData("db1:80", "db1", 80)]
    public void An_address_has_a_host_and_a_port(string address, string host, int port) =>
        Assert.Equal((host, port), (Addresses.HostOf(address), Addresses.PortOf(address)));
}
