using RaftAkka.Server;
using Xunit;

namespace RaftAkka.Tests.Server;

public sealed class MemberAddressesTests
{
    [Theory]
    [InlineData("db1.example.org:4053", "akka.tcp://raft@db1.example.org:4053")]
    [InlineData("10.0.0.7:1", "akka.tcp://raft@10.0.0.7:1")]
    [InlineData("[::1]:65535", "akka.tcp://raft@[::1]:65535")]
    [InlineData("[0:0:0:0:0:0:0:1]:65535", "akka.tcp://raft@[::1]:65535")]
    [InlineData("DB1.:1", "akka.tcp://raft@db1:1")]
    public void A_host_and_a_port_are_an_address(string text, string address) =>
        Assert.Equal(address, MemberAddresses.ToAkka(text, "raft").ToString());

    [Theory]
    [InlineData("")]
    [InlineData("db1")]
    [InlineData(":4053")]
    [InlineData("db1:")]
    [InlineData("db1:0")]
    [InlineData("db1:65536")]
    [InlineData("db1:x")]
    public void Anything_else_is_refused_with_what_to_write_instead(string text)
    {
        var refused = Assert.Throws<FormatException>(() => MemberAddresses.ToAkka(text, "raft"));

        Assert.Equal($"'{text}' is no address: write HOST:PORT, the port from 1 to 65535.", refused.Message);
    }
}
