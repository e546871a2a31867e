using Xunit;
using static RaftAkka.Protocol.Tests.Membership.Clusters;

namespace RaftAkka.Protocol.Tests.Membership;

public sealed class ConfigurationTests
{
    [Theory]
    [InlineData("a", "a", true)]
    [InlineData("a b", "a", false)]
    [InlineData("a b c", "a b", true)]
    [InlineData("a b c", "c", false)]
    [InlineData("a b c d", "a b", false)]
    [InlineData("a b+ c+ d~", "a", true)]                // Who learns does not count.
    [InlineData("a b c+ d~", "a c d", false)]
    public void A_majority_of_the_voters_decides(string members, string agreeing, bool decides) =>
        Assert.Equal(decides, Of(members).HasMajority(Among(agreeing)));

    [Theory]
    [InlineData("a b c", "d", "a b d", true)]            // Two of three, and three of four.
    [InlineData("a b c", "d", "a b", false)]             // Two of three, and two of four.
    [InlineData("a b c", "d e", "d e c", false)]         // Three of five, and one of the three that were.
    [InlineData("a b c", "d e", "a b", false)]           // Two of three, and two of five.
    [InlineData("a b c", "d e", "a b d", true)]
    public void While_voters_are_added_both_halves_have_to_agree(string members, string added, string agreeing, bool decides)
    {
        var joint = After(Of(members), [.. added.Split(' ').Select(name => new MemberChange.Add(Member(name)))]);

        Assert.True(joint.IsJoint);
        Assert.Equal(decides, joint.HasMajority(Among(agreeing)));
    }

    [Fact]
    public void The_index_on_a_majority_is_on_one_of_both_halves()
    {
        var joint = After(Of("a b c"), new MemberChange.Add(Member("d")), new MemberChange.Add(Member("e")));
        Dictionary<ServerId, int> has = new() { [Id("a")] = 9, [Id("b")] = 3, [Id("c")] = 1, [Id("d")] = 8, [Id("e")] = 7 };

        Assert.Equal(new LogIndex(3), joint.OnMajority(id => new LogIndex(has[id])));                // 9 8 7 in the new half.
        Assert.Equal(new LogIndex(7), joint.LeaveJoint().OnMajority(id => new LogIndex(has[id])));
        Assert.Equal(LogIndex.Zero, Configuration.Empty.OnMajority(_ => new LogIndex(9)));
    }

    [Fact]
    public void Nobody_decides_nothing() => Assert.False(Configuration.Empty.HasMajority(_ => true));

    [Fact]
    public void Who_leaves_votes_until_the_joint_configuration_is_left_and_then_is_retired()
    {
        var joint = After(Of("a b c"), new MemberChange.Remove(Id("c")), new MemberChange.Add(Member("d")));

        Assert.Equal("(a b d) from (a b c)", $"{joint}");
        Assert.True(joint.IsVoter(Id("c")));
        Assert.False(joint.IsIncomingVoter(Id("c")));
        Assert.Equal(Ids("a b c d"), joint.Servers.Select(server => server.Id));
        Assert.Empty(joint.Retired);

        var after = joint.LeaveJoint();
        Assert.Equal("(a b d)", $"{after}");
        Assert.False(after.IsVoter(Id("c")));
        Assert.Null(after.Find(Id("c")));
        Assert.Equal(Ids("c"), after.Retired);
    }

    [Fact]
    public void A_server_that_moves_is_found_where_it_is_now()
    {
        var moved = After(Of("a b c"), new MemberChange.SetAddress(Id("b"), "elsewhere:1"), new MemberChange.Remove(Id("c")));

        Assert.Equal("elsewhere:1", moved.Find(Id("b"))!.Address);
        Assert.Equal("c:4051", moved.Find(Id("c"))!.Address);
    }

    [Fact]
    public void Learners_come_and_go_without_a_joint_configuration()
    {
        var with = After(Of("a b c"), new MemberChange.Add(Member("d+")), new MemberChange.Add(Member("e~")));
        Assert.Equal("(a b c d+ e~)", $"{with}");

        var without = After(with, new MemberChange.Remove(Id("e")));
        Assert.Equal("(a b c d+)", $"{without}");
        Assert.Equal(Ids("e"), without.Retired);
    }

    [Theory]
    [InlineData("a a")]
    [InlineData("a b", "b")]
    public void Parts_that_do_not_fit_together_are_no_configuration(string members, string retired = "") =>
        Assert.Throws<ArgumentException>(() => Of(members, retired));

    // Every two quorums of two configurations in a row have a server in common: nothing is ever decided twice.
    [Theory]
    [InlineData("a b c", "a b c d")]
    [InlineData("a b c", "a b")]
    [InlineData("a b c", "d e")]
    [InlineData("a", "b c d")]
    [InlineData("a b c d", "c d e")]
    [InlineData("a b c d e", "a")]
    public void Quorums_of_configurations_in_a_row_intersect(string before, string after)
    {
        var old = Of(before);
        MemberChange[] removed = [.. Ids(before).Except(Ids(after)).Select(id => new MemberChange.Remove(id))];
        MemberChange[] added = [.. Ids(after).Except(Ids(before)).Select(id => new MemberChange.Add(Member(id.Value)))];
        var joint = After(old, [.. removed, .. added]);
        var next = joint.LeaveJoint();
        var everyone = joint.Servers.Select(server => server.Id).ToArray();

        Assert.True(AlwaysIntersect(old, joint, everyone));
        Assert.True(AlwaysIntersect(joint, joint, everyone));
        Assert.True(AlwaysIntersect(joint, next, everyone));
    }

    [Fact]
    public void Without_the_joint_step_they_would_not() =>
        Assert.False(AlwaysIntersect(Of("a b c"), Of("c d e"), Ids("a b c d e")));

    private static bool AlwaysIntersect(Configuration one, Configuration other, ServerId[] everyone)
    {
        for (var left = 0; left < 1 << everyone.Length; left++)
        {
            if (!one.HasMajority(In(left))) continue;
            for (var right = 0; right < 1 << everyone.Length; right++)
                if ((left & right) == 0 && other.HasMajority(In(right))) return false;
        }

        return true;

        Func<ServerId, bool> In(int set) => id => (set >> Array.IndexOf(everyone, id) & 1) == 1;
    }

    private static Func<ServerId, bool> Among(string names) => id => Ids(names).Contains(id);

    [Theory]
    [InlineData("a b c", "", "a b c d", "", true)]
    [InlineData("a b c", "", "a d", "b c", true)]        // However many changes lie between them.
    [InlineData("a b c", "", "r", "", false)]            // Another cluster.
    [InlineData("a b c", "", "a b", "", false)]          // Nobody leaves without being retired,
    [InlineData("a b", "c", "a b", "", false)]           // nor comes back.
    [InlineData("a b", "c", "a b", "c d", true)]
    public void A_later_configuration_remembers_all_that_ever_belonged(
        string earlier, string left, string later, string leftLater, bool canFollow) =>
        Assert.Equal(canFollow, With(later, leftLater).CanFollow(With(earlier, left)));

    [Fact]
    public void A_member_keeps_its_disk_once_that_is_known()
    {
        var known = Of("a b").WithDisks(_ => new DiskId(7));

        Assert.True(known.CanFollow(Of("a b")));
        Assert.True(known.CanFollow(known));
        Assert.False(Of("a b").CanFollow(known));
        Assert.False(Of("a b").WithDisks(_ => new DiskId(8)).CanFollow(known));
    }

    private static Configuration With(string members, string left) => Configuration.Of(
        Of(members).Members, left.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Id));
}
