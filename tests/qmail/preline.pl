#!/usr/bin/perl
# preline of qmail 1.03: what qmail-local has put into UFLINE, RPLINE and DTLINE, then the message, through a pipe to a program.
use strict;
use warnings;

my %wanted = (f => 'UFLINE', r => 'RPLINE', d => 'DTLINE');
delete $wanted{$1} while @ARGV && $ARGV[0] =~ /^-([frd])$/ && shift;
pipe my $reader, my $writer or exit 111;
my $child = fork;
defined $child or exit 111;
if (!$child) {
    open STDIN, '<&', $reader or exit 111;
    close $_ for $reader, $writer;
    $SIG{FPE} = 'DEFAULT';
    exec @ARGV or exit 111;
}
close $reader;
$SIG{PIPE} = 'IGNORE';
print $writer map { $ENV{$wanted{$_}} // () } qw(f r d);
while (sysread STDIN, my $some, 65536) {
    print $writer $some or exit 111;
}
close $writer or exit 111;
waitpid $child, 0;
exit($? & 127 ? 111 : $? >> 8);
