using RaftAkka.Tool.Cli;
using RaftAkka.Tool.Output;
using RaftAkka.Tool.Up;

var console = ToolConsole.OfProcess();
var services = new Services(
    target => throw new NotSupportedException(target.ToString()),
    arguments => throw new NotSupportedException(arguments.ToString()),
    arguments => new UpRunner(console, target => throw new NotSupportedException(target.ToString())).RunAsync(arguments));
return await new CommandLine(console, services).RunAsync(args);
