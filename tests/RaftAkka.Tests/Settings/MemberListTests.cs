using Xunit;

namespace RaftAkka.Tests.Settings;

public sealed class MemberListTests
{
    [Fact]
    public void An_id_that_stands_twice_is_told_with_its_addresses() => Assert.Equal(
        "raft.members has n1 2 times (10.0.0.1:4051, 10.0.0.2:4051). Give each server an id of its own.",
        MistakeIn("""{ id = n1, address = "10.0.0.1:4051" }, { id = n1, address = "10.0.0.2:4051" }"""));

    [Fact]
    public void An_address_that_stands_twice_is_told_with_its_servers() => Assert.Equal(
        "raft.members has the address \"host:4051\" 2 times (n1, n2). Give each server its own host or port.",
        MistakeIn("""{ id = n1, address = "Host:4051" }, { id = n2, address = "host:4051" }"""));

    [Theory]
    [InlineData("10.0.0.1", "has no port.")]
    [InlineData(":4051", "has no host.")]
    [InlineData("10.0.0.1:", "has no port from 1 to 65535.")]
    [InlineData("10.0.0.1:0", "has no port from 1 to 65535.")]
    [InlineData("10.0.0.1:65536", "has no port from 1 to 65535.")]
    [InlineData("10.0.0.1:x", "has no port from 1 to 65535.")]
    [InlineData("a host:4051", "has no host that could be one.")]
    [InlineData("http://host:4051", "has no host that could be one.")]
    [InlineData("::1:4051", "has no host that could be one.")]
    [InlineData("[::1:4051", "has no host that could be one.")]
    [InlineData("0.0.0.0:4051", "is no address that others can reach.")]
    [InlineData("[::]:4051", "is no address that others can reach.")]
    [InlineData("255.255.255.255:4051", "is no address that others can reach.")]
    [InlineData("239.0.0.1:4051", "is a multicast address")]
    [InlineData("[ff02::1]:4051", "is a multicast address")]
    [InlineData("[fe80::1%lo]:4051", "has a scope (the part behind '%')")]
    [InlineData("127.1:4051", "has a host that could be read as several IPv4 addresses.")]
    [InlineData("010.0.0.1:4051", "has a host that could be read as several IPv4 addresses.")]
    [InlineData("256.0.0.1:4051", "has a host that could be read as several IPv4 addresses.")]
    [InlineData("0x7f000001:4051", "has a host that could be read as several IPv4 addresses.")]
    public void An_address_is_a_host_and_a_port(string address, string expected) => Assert.Contains(
        $"raft.members: the address \"{address}\" of n1 {expected}",
        MistakeIn($$"""{ id = n1, address = "{{address}}" }"""), StringComparison.Ordinal);

    [Theory]
    [InlineData("localhost:1")]
    [InlineData("node-1.example.com:65535")]
    [InlineData("[::1]:4051")]
    public void Names_and_IPv6_are_addresses_too(string address) => Assert.Equal(
        address, Written.Node(members: $$"""members = [{ id = n1, address = "{{address}}" }]""").Members[0].Address);

    [Theory]
    [InlineData("{ id = n1 }", "needs both an id and an address. It takes { id = n1, address = ")]
    [InlineData("{ address = \"10.0.0.1:4051\" }", "needs both an id and an address.")]
    [InlineData("\"10.0.0.1:4051\"", "is '10.0.0.1:4051'. It takes { id = n1, address = ")]
    [InlineData("{ id = \"n 1\", address = \"10.0.0.1:4051\" }", "has the id 'n 1'. It takes a name of")]
    [InlineData("{ id = n1, address = \"10.0.0.1:4051\", weight = 3 }", "has 'weight', which is no setting.")]
    public void A_member_is_an_id_and_an_address(string member, string expected) => Assert.Contains(
        $"raft.members, number 1, {expected}", MistakeIn(member), StringComparison.Ordinal);

    [Theory]
    [InlineData("-3", -3)]
    [InlineData("7", 7)]
    public void A_member_may_have_a_priority(string priority, int expected) => Assert.Equal(
        expected,
        Written.Node(members: $$"""members = [{ id = n1, address = "10.0.0.1:4051", priority = {{priority}} }]""")
            .Members[0].Priority);

    [Fact]
    public void A_priority_is_a_whole_number() => Assert.Contains(
        "raft.members, number 1, has a priority that is no whole number. It takes one like 1 or -1; 0 is the default.",
        MistakeIn("{ id = n1, address = \"10.0.0.1:4051\", priority = high }"), StringComparison.Ordinal);

    [Fact]
    public void Members_are_a_list()
    {
        var mistake = Written.MistakeIn(() => Written.Node(members: "members { n1 = \"10.0.0.1:4051\" }"));

        Assert.Equal("raft.members is a section. It takes a list: [ … ].", mistake);
    }

    [Fact]
    public void There_is_a_most_of_them()
    {
        var many = Enumerable.Range(1, 65).Select(n => $$"""{ id = n{{n}}, address = "10.0.0.1:{{n}}" }""");

        Assert.Contains("65 servers; 64 are the most", MistakeIn(string.Join(", ", many)), StringComparison.Ordinal);
    }

    private static string MistakeIn(string members) =>
        Written.MistakeIn(() => Written.Node(members: $"members = [ {members} ]"));

    [Theory]
    [InlineData("[0:0:0:0:0:0:0:1]:4051", "[::1]:4051")]
    [InlineData("[FD00::A]:4051", "[fd00::a]:4051")]
    [InlineData("[::ffff:10.0.0.1]:4051", "10.0.0.1:4051")]
    [InlineData("Node1.Example.COM.:04051", "node1.example.com:4051")]
    public void One_address_that_is_written_in_two_ways_is_one_address(string one, string other) => Assert.Contains(
        $"raft.members has the address \"{other}\" 2 times (n1, n2).",
        MistakeIn($$"""{ id = n1, address = "{{one}}" }, { id = n2, address = "{{other}}" }"""), StringComparison.Ordinal);

    [Fact]
    public void A_server_may_listen_elsewhere_than_it_is_reached_on_a_wildcard_too()
    {
        Assert.Equal("0.0.0.0:5000", Written.Node("listen = \"0.0.0.0:5000\"").Listen);
        Assert.Contains(
            "raft.listen: the address \"0.0.0.0\" has no port.",
            Written.MistakeIn(() => Written.Node("listen = \"0.0.0.0\"")), StringComparison.Ordinal);
    }
}
