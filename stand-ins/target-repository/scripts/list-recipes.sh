#!/usr/bin/env bash
find easyconfigs -name '*.eb' | sort
